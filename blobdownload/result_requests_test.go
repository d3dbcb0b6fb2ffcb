package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// H9: Result.Requests counts requests over a network only.
func TestH9LocalContentCountsNoRequests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "a", []byte("content"))
	mem, prefixed := memBucket(t), wrapper.NewBucket(blob.PrefixedBucket(memblob.OpenBucket(nil), "docs/"))
	t.Cleanup(func() { _ = prefixed.Close() })
	put(t, mem, "a", "", []byte("content"))
	put(t, prefixed, "a", "", []byte("content"))
	for name, tc := range map[string]struct {
		file *wrapper.File
		want int64
	}{
		"mem":      {mem.File("a"), 0},
		"prefixed": {prefixed.File("a"), 0},
		"fileblob": {fileBucket(t, dir).File("a"), 0},
		"path":     {wrapper.FS(openRoot(t, dir).FS(), "a"), 0},
		"bytes":    {wrapper.Bytes("a", []byte("content")), 0},
		"Seq":      {wrapper.Seq("a", func(yield func([]byte, error) bool) { yield([]byte("content"), nil) }), 0},
		"zip":      {archive.Zip("a", archive.Member{File: mem.File("a")}), 0},
		"source":   {newCountingSource("content").file("a"), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := quietServer()
			results := make(chan blobdownload.Result, 1)
			server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
			exchange(t, server.Handler(viewOf(&blobdownload.Download{File: tc.file})), "GET", "/")
			assert.Equal(t, tc.want, (<-results).Requests)
		})
	}
}
