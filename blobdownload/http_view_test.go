package blobdownload_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// remoteView returns a view of an upstream's resource at the path of the request.
func remoteView(t testing.TB, remote http.HandlerFunc, timeout time.Duration) blobdownload.View {
	srv := startServer(t, remote)
	c := *srv.Client()
	c.Timeout = timeout
	return blobdownload.HTTPView(&c, func(r *http.Request) (string, error) { return srv.URL + r.URL.Path, nil })
}

func errorPage(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "an error page", code) }
}

// D17: an upstream's 404 became a 200; a missing length or media type was a 500.
func TestD17_RemoteFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		remote http.HandlerFunc
		want   int
	}{
		{"404", errorPage(http.StatusNotFound), 404},
		{"410", errorPage(http.StatusGone), 404},
		{"500", errorPage(http.StatusInternalServerError), 502},
		{"503", errorPage(http.StatusServiceUnavailable), 502},
		{"504", errorPage(http.StatusGatewayTimeout), 504},
		{"a loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a", http.StatusFound) }, 502},
		{"aborted", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 502},
		{"an empty promise", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "9") }, 502},
		{"timeout", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 504},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if method == "HEAD" && c.name == "an empty promise" {
				continue
			}
			t.Run(c.name+" "+method, func(t *testing.T) {
				t.Parallel()
				timeout := 10 * time.Second
				if c.name == "timeout" {
					timeout = 50 * time.Millisecond
				}
				resp := exchange(t, quietServer().Handler(remoteView(t, c.remote, timeout)), method, "/a")
				assert.Equal(t, c.want, resp.StatusCode)
				assert.Equal(t, http.StatusText(c.want)+"\n", bodyText(t, resp))
				assert.NotContains(t, resp.Header, "Content-Disposition")
			})
		}
	}
}

func TestD17_UnreachableRemoteIs502(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	view := blobdownload.HTTPView(srv.Client(), func(*http.Request) (string, error) { return url + "/a", nil })
	assert.Equal(t, http.StatusBadGateway, exchange(t, quietServer().Handler(view), "GET", "/").StatusCode)
}

func TestD17_RemoteWithoutLengthOrTypeIsStreamed(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content ", 10_000)
	remote := func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write([]byte(content))
	}
	srv := startServer(t, quietServer().Handler(remoteView(t, remote, 0)))
	resp := get(t, srv, "/dir/a%20b.png")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.EqualValues(t, -1, resp.ContentLength)
	assert.Equal(t, []string{"chunked"}, resp.TransferEncoding)
	assert.Equal(t, "image/png", resp.Header.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="a b.png"`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, content, bodyText(t, resp))
}

func TestD17_RemoteGzipStaysEncodedWithItsLength(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte("content "), 1000))
	require.NoError(t, z.Close())
	var received string
	remote := func(w http.ResponseWriter, r *http.Request) {
		received = r.Header.Get("Accept-Encoding")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(packed.Len()))
		_, _ = w.Write(packed.Bytes())
	}
	resp := get(t, startServer(t, quietServer().Handler(remoteView(t, remote, 0))), "/a.txt", "Accept-Encoding", "gzip")
	assert.Equal(t, "identity", received)
	assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	assert.EqualValues(t, packed.Len(), resp.ContentLength)
	assert.Equal(t, packed.String(), bodyText(t, resp))
}

func TestD17_RemoteFieldsAreNotCopied(t *testing.T) {
	t.Parallel()
	var received http.Header
	remote := func(w http.ResponseWriter, r *http.Request) {
		received = r.Header.Clone()
		for _, field := range []string{"X-Accel-Redirect", "X-Sendfile", "Set-Cookie", "Content-Security-Policy", "X-Custom"} {
			w.Header().Set(field, "remote")
		}
		w.Header().Set("Content-Disposition", "inline; filename=remote.html")
		w.Header().Set("Cache-Control", "public, max-age=99")
		_, _ = w.Write([]byte("content"))
	}
	resp := exchange(t, quietServer().Handler(remoteView(t, remote, 0)), "GET", "/a.txt", "Cookie", "c=1", "Authorization", "Basic eA==")
	assert.Equal(t, `attachment; filename="a.txt"`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"))
	for field, values := range resp.Header {
		assert.NotContains(t, values, "remote", field)
	}
	assert.Empty(t, received.Get("Cookie"))
	assert.Empty(t, received.Get("Authorization"))
}

func TestHTTPViewOfAnInvalidURL(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"", "ftp://host/a", "file:///etc/passwd", "http://", "//host/a", "http://u:p@host/a", "http://[::1", "a\x00"} {
		view := blobdownload.HTTPView(&http.Client{}, func(*http.Request) (string, error) { return target, nil })
		assert.Equal(t, http.StatusBadRequest, exchange(t, quietServer().Handler(view), "GET", "/").StatusCode, "%q", target)
	}
}
