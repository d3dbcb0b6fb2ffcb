package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// requireNotFound asserts a 404 without fields of the missing content.
func requireNotFound(t *testing.T, resp *http.Response) {
	t.Helper()
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Equal(t, "Not Found\n", bodyText(t, resp))
	for _, field := range []string{"Content-Disposition", "ETag", "Last-Modified", "Accept-Ranges", "Content-Encoding"} {
		assert.Empty(t, resp.Header.Get(field), field)
	}
	assert.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
}

// D1: a missing key was a 500.
func TestD1_MissingKeyIs404(t *testing.T) {
	t.Parallel()
	content := []byte("content")
	for _, p := range append(storedViews(t, content), generatedViews(content)...) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quietServer().Handler(p.view)
			found := exchange(t, h, "GET", "/?key="+docKey)
			require.Equal(t, http.StatusOK, found.StatusCode)
			require.Equal(t, "content", bodyText(t, found))
			for name, header := range map[string][]string{
				"plain": nil, "range": {"Range", "bytes=0-1"}, "condition": {"If-None-Match", `"x"`},
			} {
				t.Run(name, func(t *testing.T) {
					requireNotFound(t, exchange(t, h, "GET", "/?key=docs/none.txt", header...))
				})
			}
		})
	}
}

// D2: a record whose file is gone was a 500.
func TestD2_MissingFileBehindARecordIs404(t *testing.T) {
	t.Parallel()
	type record struct {
		key  string
		size int64
	}
	records := map[string]record{
		"there": {"a.txt", 0}, "gone": {"gone.txt", 0}, "gone, its size known": {"gone.txt", 7}, "without a file": {"", 0},
	}
	for kind, bucket := range map[string]*blobdownload.Storage{
		"mem":  {Name: "mem", Bucket: memBucket(t)},
		"file": {Name: "file", Bucket: fileBucket(t, t.TempDir())},
	} {
		put(t, bucket.Bucket, "a.txt", "", []byte("content"))
		h := quietServer().Handler(blobdownload.ObjectView(func(r *http.Request) (record, error) {
			rec, ok := records[queryKey(r)]
			if !ok {
				return rec, fs.ErrNotExist
			}
			return rec, nil
		}, func(rec record) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: bucket.File(rec.key).WithInfo(wrapper.Info{Size: rec.size})}, nil
		}))
		for id, want := range map[string]int{
			"there": 200, "gone": 404, "gone, its size known": 404, "without a file": 404, "no such record": 404,
		} {
			t.Run(kind+" "+id, func(t *testing.T) {
				t.Parallel()
				r := request(t, "GET", "/")
				r.URL.RawQuery = query(id)
				resp := exchangeRequest(h, r)
				assert.Equal(t, want, resp.StatusCode)
				if want == http.StatusNotFound {
					requireNotFound(t, resp)
				}
			})
		}
	}
}

// D26: an empty path, and content without a name, were a 500.
func TestD26_EmptyPathAndNamelessContent(t *testing.T) {
	t.Parallel()
	for _, p := range storedViews(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			requireNotFound(t, exchange(t, quietServer().Handler(p.view), "GET", "/"))
		})
	}
	nameless := fileView(func(string) *wrapper.File { return wrapper.Bytes("", []byte("content")) })
	t.Run("nameless", func(t *testing.T) {
		t.Parallel()
		resp := exchange(t, quietServer().Handler(nameless), "GET", "/")
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "content", bodyText(t, resp))
		assert.Equal(t, "attachment", resp.Header.Get("Content-Disposition"))
		assert.Equal(t, "application/octet-stream", resp.Header.Get("Content-Type"))
	})
	t.Run("no file is a mistake of the program", func(t *testing.T) {
		t.Parallel()
		none := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return nil, nil }) //nolint:nilnil // the mistake
		assert.Equal(t, http.StatusInternalServerError, exchange(t, quietServer().Handler(none), "GET", "/").StatusCode)
		assert.Equal(t, http.StatusInternalServerError, blobdownload.Status(errors.New("x")))
	})
}
