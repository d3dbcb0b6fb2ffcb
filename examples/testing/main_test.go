package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

var authorized = storagetest.Header("Authorization", "Bearer letmein")

func service(t *testing.T, optimizer blobdownload.Optimizer) (*storagetest.Bucket, http.Handler) {
	bucket := storagetest.NewBucket(t, storagetest.Objects{"2026 #7.pdf": "%PDF-1.7"})
	return bucket, invoices(&blobdownload.Storage{Name: "invoices", Bucket: wrapper.NewBucket(bucket.Bucket)}, "letmein", optimizer)
}

func TestAnInvoiceCostsOneRead(t *testing.T) {
	bucket, handler := service(t, nil)
	response := storagetest.Serve(handler, storagetest.Get(t, "/invoices/2026%20%237.pdf", authorized, storagetest.Range(0, 3)))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusPartialContent, Filename: "2026 #7.pdf", Body: "%PDF"})
	assert.Equal(t, 1, bucket.Requests(storagetest.OpRead), bucket.Trace())
}

func TestAFailingStorageIsABadGateway(t *testing.T) {
	bucket, handler := service(t, nil)
	bucket.Fault(storagetest.Fault{Op: storagetest.OpRead, Action: storagetest.Fail(http.ErrServerClosed)})
	response := storagetest.Serve(handler, storagetest.Get(t, "/invoices/2026%20%237.pdf", authorized))
	storagetest.CheckDownload(t, response, storagetest.Want{Status: http.StatusBadGateway, Body: "Bad Gateway\n"})
}

func TestNginxSendsAnInvoice(t *testing.T) {
	bucket, handler := service(t, nginx("/_invoices/"))
	response := storagetest.Serve(handler, storagetest.Get(t, "/invoices/2026%20%237.pdf", authorized))
	storagetest.CheckXAccel(t, response, storagetest.WantXAccel{URI: "/_invoices/2026 #7.pdf"})
	assert.Zero(t, bucket.Requests(), bucket.Trace())
}
