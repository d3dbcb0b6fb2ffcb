package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestOnlyTheSignedLinkIsServed(t *testing.T) {
	t.Parallel()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"2026/report.txt": "all is well"})
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)}
	h, err := handler(docs, []byte(strings.Repeat("x", blobdownload.MinSecret)))
	require.NoError(t, err)

	made := storagetest.Serve(h, storagetest.NewRequest(t, http.MethodPost, "/links/2026/report.txt"))
	link := strings.TrimSpace(made.Body.String())
	require.True(t, strings.HasPrefix(link, "http://127.0.0.1:8080/dl/"), link)
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, link)), storagetest.Want{
		Status: http.StatusOK, Body: "all is well", Filename: "report.txt",
	})
	bucket.Reset()
	for _, changed := range []string{link + "x", link + "?key=other.txt", "/dl/", "/dl/guessed"} {
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, changed)), storagetest.Want{Status: http.StatusForbidden})
	}
	assert.Zero(t, bucket.Requests(), bucket.Trace())
}

func TestAShortSecretIsRejected(t *testing.T) {
	t.Parallel()
	_, err := handler(&blobdownload.Storage{Name: "docs"}, []byte("short"))
	assert.ErrorContains(t, err, "32")
}
