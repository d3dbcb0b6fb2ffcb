package offload_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A directory that nginx sends moves to S3, which sends by presigned URL. Each step has the requests to S3 that it costs.
func TestMovingFromDiskToS3(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	dir := filesDir(t)
	disk, err := blobdownload.OpenStorage(t.Context(), "disk=file://"+dir+"?no_tmp_dir=true&metadata=skip")
	require.NoError(t, err)
	t.Cleanup(func() { _ = disk.Bucket.Close() })
	either := &wrapper.FirstOf{}
	view := func(r *http.Request) (*blobdownload.Download, error) {
		key := strings.TrimPrefix(r.URL.Path, "/")
		return &blobdownload.Download{File: either.File(s.storage.File(key), disk.File(key))}, nil
	}
	offloading := frontOf("nginx").start(t, (&blobdownload.Server{Optimizer: proxy.First(
		proxy.When(&proxy.Presign{AllowHTTP: true}, proxy.InStore("s3")),
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "disk", Location: "/_files/"}}},
	)}).Handler(blobdownload.View(view)), dir, "")
	streaming := httptest.NewServer((&blobdownload.Server{}).Handler(view))
	t.Cleanup(streaming.Close)

	s.counter.Take()
	resp, _ := get(t, streaming.URL+"/a.bin")
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Equal(t, []string{"GET -> 404"}, s.counter.Take())

	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.bin"), []byte("on the disk"), 0o644))
	resp, body := get(t, streaming.URL+"/a.bin")
	assert.Equal(t, "on the disk", body)
	diskTag := resp.Header.Get("ETag")
	assert.Contains(t, diskTag, `"disk:`)
	resp, body = get(t, offloading+"/a.bin", "Range", "bytes=7-")
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	assert.Equal(t, "disk", body)
	assert.Empty(t, s.counter.Take(), "the absence from S3 is remembered")

	s.put(t, "a.bin", "in the bucket", "")
	either.Forget(s.storage.File("a.bin"))
	resp, body = get(t, streaming.URL+"/a.bin", "If-None-Match", diskTag)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "in the bucket", body)
	assert.Contains(t, resp.Header.Get("ETag"), `"s3:`)
	assert.Equal(t, []string{`GET if-none-match:"#other:` + strings.Trim(diskTag, `"`) + `" -> 200`}, s.counter.Take(), "one request on a hit, with a tag that S3 does not make")
	resp, _ = get(t, streaming.URL+"/a.bin", "If-None-Match", resp.Header.Get("ETag"))
	assert.Equal(t, http.StatusNotModified, resp.StatusCode)
	assert.Len(t, s.counter.Take(), 1)

	for _, requests := range []int{1, 0} {
		resp, _ = get(t, offloading+"/a.bin")
		require.Equal(t, http.StatusFound, resp.StatusCode)
		assert.Len(t, s.counter.Take(), requests, "the optimizer's lookup is remembered")
		_, body = get(t, resp.Header.Get("Location"))
		assert.Equal(t, "in the bucket", body)
		s.counter.Take()
	}
	resp, body = get(t, streaming.URL+"/a.bin", "Range", "bytes=3-", "If-Range", diskTag)
	assert.Equal(t, http.StatusOK, resp.StatusCode, "a download that began on the disk is not continued from S3")
	assert.Equal(t, "in the bucket", body)
}
