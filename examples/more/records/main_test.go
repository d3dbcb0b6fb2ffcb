package main

import (
	"database/sql"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// start returns a service with an empty database, and its empty bucket.
func start(t *testing.T) (*storagetest.Bucket, http.Handler) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "records.db")))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	bucket := storagetest.NewBucket(t, storagetest.Objects{})
	h, err := handler(t.Context(), db, &blobdownload.Storage{Name: "files", Bucket: wrapper.NewBucket(bucket.Bucket)})
	require.NoError(t, err)
	return bucket, h
}

func TestMetadataStoredAtUploadSparesRequests(t *testing.T) {
	t.Parallel()
	bucket, h := start(t)
	put := storagetest.NewRequest(t, http.MethodPut, "/files/%C3%A9t%C3%A9.txt")
	put.Body = io.NopCloser(strings.NewReader("all is well"))
	created := storagetest.Serve(h, put)
	require.Equal(t, http.StatusCreated, created.Code, created.Body)
	location := created.Header().Get("Location")
	require.Equal(t, "/files/1", location)

	bucket.Reset()
	head := storagetest.Serve(h, storagetest.Head(t, location))
	storagetest.CheckDownload(t, head, storagetest.Want{Status: http.StatusOK, Filename: "été.txt", MediaType: "text/plain"})
	assert.Equal(t, "11", head.Header().Get("Content-Length"))
	etag := head.Header().Get("ETag")
	require.NotEmpty(t, etag)
	for _, tt := range []struct {
		option storagetest.RequestOption
		status int
	}{
		{storagetest.IfNoneMatch(etag), http.StatusNotModified},
		{storagetest.IfMatch(`"other"`), http.StatusPreconditionFailed},
		{storagetest.RangeFrom(100), http.StatusRequestedRangeNotSatisfiable},
	} {
		storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, location, tt.option)), storagetest.Want{Status: tt.status})
	}
	assert.Zero(t, bucket.Requests(), bucket.Trace())

	part := storagetest.Serve(h, storagetest.Get(t, location, storagetest.Range(4, 5)))
	storagetest.CheckDownload(t, part, storagetest.Want{Status: http.StatusPartialContent, Body: "is", ETag: etag})
	assert.Equal(t, 1, bucket.Requests(), bucket.Trace())
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/files/2")), storagetest.Want{Status: http.StatusNotFound})
}

func TestANameWithoutExtensionIsBytes(t *testing.T) {
	t.Parallel()
	_, h := start(t)
	put := storagetest.NewRequest(t, http.MethodPut, "/files/LICENSE")
	put.Body = io.NopCloser(strings.NewReader("all is well"))
	require.Equal(t, http.StatusCreated, storagetest.Serve(h, put).Code)
	storagetest.CheckDownload(t, storagetest.Serve(h, storagetest.Get(t, "/files/1")), storagetest.Want{
		Status: http.StatusOK, Filename: "LICENSE", MediaType: "application/octet-stream", Body: "all is well",
	})
}
