package main

import (
	"net/http"
	"testing"

	"gocloud.dev/blob/memblob"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
)

var authorized = storagetest.Header("Authorization", "Bearer letmein")

func service(t *testing.T, optimizer blobdownload.Optimizer) http.Handler {
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { assert.NoError(t, bucket.Close()) })
	require.NoError(t, bucket.WriteAll(t.Context(), "2026 #7.pdf", []byte("%PDF-1.7"), nil))
	return invoices(&blobdownload.Storage{Name: "invoices", Bucket: bucket}, "letmein", optimizer)
}

func TestAnInvoice(t *testing.T) {
	response := storagetest.Serve(service(t, nil), storagetest.Get(t, "/invoices/2026%20%237.pdf", authorized, storagetest.Range(0, 3)))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusPartialContent, Filename: "2026 #7.pdf", Body: "%PDF"})
}

func TestAStranger(t *testing.T) {
	response := storagetest.Serve(service(t, nginx("/_invoices/")), storagetest.Get(t, "/invoices/2026%20%237.pdf"))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusUnauthorized, Header: http.Header{"X-Accel-Redirect": nil}})
}

func TestNginxSendsAnInvoice(t *testing.T) {
	response := storagetest.Serve(service(t, nginx("/_invoices/")), storagetest.Get(t, "/invoices/2026%20%237.pdf", authorized))
	storagetest.CheckXAccel(t, response, storagetest.WantXAccel{URI: "/_invoices/2026 #7.pdf"})
}
