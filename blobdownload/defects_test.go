package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The tests called by a D and a number are for the measured defects of the system that this library
// descends from; each says what that one did.

// aNotFound asserts a 404 that tells nothing of the content that is not there.
func aNotFound(t *testing.T, resp *http.Response) {
	t.Helper()
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.Equal(t, "Not Found\n", text(t, resp))
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
	for _, p := range append(storedPlaces(t, content), madePlaces(content)...) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quiet().Handler(p.view)
			found := ask(t, h, "GET", "/?key="+theKey)
			require.Equal(t, http.StatusOK, found.StatusCode)
			require.Equal(t, "content", text(t, found))
			for name, header := range map[string][]string{
				"plain": nil, "range": {"Range", "bytes=0-1"}, "condition": {"If-None-Match", `"x"`},
			} {
				t.Run(name, func(t *testing.T) {
					aNotFound(t, ask(t, h, "GET", "/?key=docs/none.txt", header...))
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
		h := quiet().Handler(blobdownload.ObjectView(func(r *http.Request) (record, error) {
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
				resp := answer(h, r)
				assert.Equal(t, want, resp.StatusCode)
				if want == http.StatusNotFound {
					aNotFound(t, resp)
				}
			})
		}
	}
}

// D3: object, path and http views never answered 304.
func TestD3_EveryViewAnswers304(t *testing.T) {
	t.Parallel()
	for _, p := range storedPlaces(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			h := quiet().Handler(p.view)
			first := ask(t, h, "GET", "/?key="+theKey)
			tag, date := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
			require.NotEmpty(t, tag)
			require.NotEmpty(t, date)
			for name, c := range map[string]struct {
				header []string
				want   int
			}{
				"tag":                 {[]string{"If-None-Match", tag}, 304},
				"weak tag":            {[]string{"If-None-Match", "W/" + tag}, 304},
				"tag in a list":       {[]string{"If-None-Match", `"other", ` + tag}, 304},
				"another tag":         {[]string{"If-None-Match", `"other"`}, 200},
				"date":                {[]string{"If-Modified-Since", date}, 304},
				"old date":            {[]string{"If-Modified-Since", "Tue, 01 Jan 1980 00:00:00 GMT"}, 200},
				"tag goes over date":  {[]string{"If-None-Match", `"other"`, "If-Modified-Since", date}, 200},
				"precondition":        {[]string{"If-Match", `"other"`}, 412},
				"precondition, date":  {[]string{"If-Unmodified-Since", "Tue, 01 Jan 1980 00:00:00 GMT"}, 412},
				"precondition, holds": {[]string{"If-Match", tag}, 200},
			} {
				t.Run(name, func(t *testing.T) {
					resp := ask(t, h, "GET", "/?key="+theKey, c.header...)
					require.Equal(t, c.want, resp.StatusCode)
					if c.want != http.StatusNotModified {
						return
					}
					assert.Empty(t, text(t, resp))
					assert.Equal(t, tag, resp.Header.Get("ETag"))
					if p.name != "http" { // a remote may leave it out where it sends a tag
						assert.Equal(t, date, resp.Header.Get("Last-Modified"))
					}
					assert.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"))
					assert.NotContains(t, resp.Header, "Content-Length")
					assert.NotContains(t, resp.Header, "Content-Disposition")
				})
			}
		})
	}
}

// D4: Last-Modified was never sent.
func TestD4_LastModifiedAndETagAreSent(t *testing.T) {
	t.Parallel()
	began := time.Now().Add(-2 * time.Second)
	for _, p := range storedPlaces(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"GET", "HEAD"} {
				resp := ask(t, quiet().Handler(p.view), method, "/?key="+theKey)
				assert.Regexp(t, `^"[^"]+"$`, resp.Header.Get("ETag"))
				date, err := http.ParseTime(resp.Header.Get("Last-Modified"))
				require.NoError(t, err)
				switch p.name {
				case "mem", "file", "object": // written by this test
					assert.WithinRange(t, date, began, time.Now())
				default:
					assert.Equal(t, changed, date)
				}
			}
		})
	}
}

// D26: an empty path, and content without a name, were a 500.
func TestD26_EmptyPathAndNamelessContent(t *testing.T) {
	t.Parallel()
	for _, p := range storedPlaces(t, []byte("content")) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			aNotFound(t, ask(t, quiet().Handler(p.view), "GET", "/"))
		})
	}
	nameless := virtual(func(string) *wrapper.File { return wrapper.Bytes("", []byte("content")) })
	t.Run("nameless", func(t *testing.T) {
		t.Parallel()
		resp := ask(t, quiet().Handler(nameless), "GET", "/")
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "content", text(t, resp))
		assert.Equal(t, "attachment", resp.Header.Get("Content-Disposition"))
		assert.Equal(t, "application/octet-stream", resp.Header.Get("Content-Type"))
	})
	t.Run("no file is a mistake of the program", func(t *testing.T) {
		t.Parallel()
		none := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return nil, nil }) //nolint:nilnil // the mistake
		assert.Equal(t, http.StatusInternalServerError, ask(t, quiet().Handler(none), "GET", "/").StatusCode)
		assert.Equal(t, http.StatusInternalServerError, blobdownload.Status(errors.New("x")))
	})
}
