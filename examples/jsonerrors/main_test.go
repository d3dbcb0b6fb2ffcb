package main

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestEveryErrorIsAProblem(t *testing.T) {
	t.Parallel()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello", "broken.txt": "hello"})
	bucket.Fault(storagetest.Fault{Key: "broken.txt", Op: storagetest.OpRead, Action: storagetest.Fail(errors.New("secret cause"))})
	h := handler(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)})
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "/docs/missing.txt", `{"status":404,"title":"Not Found"}`, http.StatusNotFound},
		{http.MethodGet, "/docs/broken.txt", `{"status":502,"title":"Bad Gateway"}`, http.StatusBadGateway},
		{http.MethodPost, "/docs/a.txt", `{"status":405,"title":"Method Not Allowed"}`, http.StatusMethodNotAllowed},
	} {
		response := storagetest.Serve(h, storagetest.NewRequest(t, tt.method, tt.path))
		storagetest.CheckDownload(t, response, storagetest.Want{
			Status: tt.status, Body: tt.body + "\n", ContentType: "application/problem+json", CacheControl: "no-store",
		})
	}
	response := storagetest.Serve(h, storagetest.Get(t, "/docs/a.txt"))
	assert.Equal(t, "hello", response.Body.String())
}
