package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func service(t *testing.T) (*storagetest.Bucket, http.Handler) {
	t.Helper()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"2026/report.txt": "all is well", "a+b #1.txt": "odd"})
	return bucket, handler(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)})
}

func TestBothKindsOfHandlersServe(t *testing.T) {
	t.Parallel()
	_, h := service(t)
	for _, tt := range []struct {
		path string
		want storagetest.Want
	}{
		{"/docs/2026/report.txt", storagetest.Want{Status: http.StatusPartialContent, Body: "all", Filename: "report.txt"}},
		{"/docs/a%2Bb%20%231.txt", storagetest.Want{Status: http.StatusPartialContent, Body: "odd", Filename: "a+b #1.txt"}},
		{"/docs/missing.txt", storagetest.Want{Status: http.StatusNotFound, Body: "Not Found\n"}},
		{"/reports/2026", storagetest.Want{Status: http.StatusPartialContent, Body: "all", Filename: "Report of 2026.txt"}},
		{"/reports/2025", storagetest.Want{Status: http.StatusNotFound, Body: `{"message":"Not Found"}` + "\n"}},
	} {
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, tt.path, storagetest.Range(0, 2))), tt.want)
	}
	head := storagetest.Serve(h, storagetest.Head(t, "/docs/2026/report.txt"))
	assert.Equal(t, "11", head.Header().Get("Content-Length"))
}

func TestAFailedBodyIsAFailedTransfer(t *testing.T) {
	t.Parallel()
	bucket, h := service(t)
	bucket.Put("large.bin", string(make([]byte, 1<<20)))
	bucket.Fault(storagetest.Fault{Key: "large.bin", Op: storagetest.OpRead, At: 600_000, Action: storagetest.Break(nil)})
	server := httptest.NewServer(h)
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/docs/large.bin")
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	n, err := io.Copy(io.Discard, response.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
}
