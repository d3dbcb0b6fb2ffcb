package main

import (
	"net/http"
	"testing"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestTheRouterServesSignedInUsers(t *testing.T) {
	t.Parallel()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"2026/report.txt": "all is well", "a+b #1.txt": "odd"})
	h := handler(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)}, map[string]string{"letmein": "alice"})
	apiKey := storagetest.Header("X-Api-Key", "letmein")
	for _, tt := range []struct {
		path string
		want storagetest.Want
	}{
		{"/docs/2026/report.txt", storagetest.Want{Status: http.StatusPartialContent, Body: "all", CacheControl: "private, no-cache"}},
		{"/docs/a%2Bb%20%231.txt", storagetest.Want{Status: http.StatusPartialContent, Body: "odd"}},
		{"/docs/missing.txt", storagetest.Want{Status: http.StatusNotFound}},
	} {
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, tt.path, apiKey, storagetest.Range(0, 2))), tt.want)
	}
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/docs/2026/report.txt")), storagetest.Want{
		Status: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": {"ApiKey"}},
	})
}
