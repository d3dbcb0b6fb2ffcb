package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Every error has the same form, and goes through ErrorHandler with the safe fields.
func TestH3ErrorsHaveOneForm(t *testing.T) {
	t.Parallel()
	plain := fileView(func(string) *wrapper.File { return newCountingSource("content").file("a") })
	fails := func(err error) blobdownload.View {
		return func(*http.Request) (*blobdownload.Download, error) { return nil, err }
	}
	for _, c := range []struct {
		name   string
		view   blobdownload.View
		method string
		header []string
		status int
		field  string // of the error
		value  string
	}{
		{"method", plain, "POST", nil, 405, "Allow", "GET, HEAD, OPTIONS"},
		{"precondition", plain, "GET", []string{"If-Match", `"other"`}, 412, "", ""},
		{"range", plain, "GET", []string{"Range", "bytes=7-"}, 416, "Content-Range", "bytes */7"},
		{"missing file", fails(fs.ErrNotExist), "GET", nil, 404, "", ""},
		{"storage", failingView(errors.New("x"), nil), "GET", nil, 502, "", ""},
		{"status", fails(blobdownload.Unauthorized("Basic")), "GET", nil, 401, "WWW-Authenticate", "Basic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := quietServer()
			h := withFields(server.Handler(c.view), []string{"Content-Type", "Content-Length", "Etag"})
			resp := exchange(t, h, c.method, "/", c.header...)
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, http.StatusText(c.status)+"\n", bodyText(t, resp))
			assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
			assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
			for _, field := range []string{"ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition", "Content-Encoding"} {
				assert.Empty(t, resp.Header.Get(field), field)
			}
			assert.Equal(t, c.value, resp.Header.Get(c.field))

			handled := false
			server = quietServer()
			server.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
				handled = true
				assert.Equal(t, c.status, blobdownload.Status(err))
				assert.Equal(t, c.value, w.Header().Get(c.field))
				for field, value := range map[string]string{
					"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
					"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Type": "", "Content-Length": "",
				} {
					assert.Equal(t, value, w.Header().Get(field), field)
				}
				w.WriteHeader(c.status)
			}
			h = withFields(server.Handler(c.view), []string{"Content-Type", "Content-Length", "Cache-Control"})
			assert.Equal(t, c.status, exchange(t, h, c.method, "/", c.header...).StatusCode)
			assert.True(t, handled)
		})
	}
}
