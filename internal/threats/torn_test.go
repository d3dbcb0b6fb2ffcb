package threats_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// TR21: the status is sent after the first byte has been read.
func TestNothingIsPromisedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*wrapper.File{
		"open fails": wrapper.FS(failingFS{errors.New("no disk")}, "a"),
		"read fails": wrapper.Seq("a", func(yield func([]byte, error) bool) { yield(nil, errors.New("no bytes")) }),
		"remote":     remoteFile(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
	} {
		r := newBucketServer(t, serveOnly(blobdownload.Download{File: f}))
		got := r.do(t, http.MethodGet, "/")
		require.NoError(t, got.err, name)
		assert.Equal(t, http.StatusBadGateway, got.StatusCode, name)
		assert.Equal(t, "Bad Gateway\n", got.body)
	}
}

// TR26: two writes of the same size within a second have different entity-tags.
func TestTagsOfQuickWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	root, err := os.OpenRoot(filepath.Dir(path))
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	tags := map[string]bool{}
	for i := range 50 {
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "%03d", i), 0o600))
		fi, err := os.Stat(path)
		require.NoError(t, err)
		// The kernel's clock for files has a resolution of milliseconds; the entity-tag must keep all of its digits.
		require.NoError(t, os.Chtimes(path, fi.ModTime(), fi.ModTime().Add(1000*1)))
		info, err := wrapper.Root(root, "a").Stat(t.Context())
		require.NoError(t, err)
		tags[fmt.Sprint(info.ETag, i)] = true
		require.NoError(t, os.Chtimes(path, fi.ModTime(), fi.ModTime().Add(2000)))
		later, err := wrapper.Root(root, "a").Stat(t.Context())
		require.NoError(t, err)
		assert.NotEqual(t, info.ETag, later.ETag, "a microsecond later")
	}
	assert.Len(t, tags, 50)
}

// TR29, TR5: a truncated body resumes at the exact byte, or the response is aborted.
func TestCutAtEveryBoundary(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte(hundredBytes), 3000) // 300 000 bytes: more than the copy loop's first buffers
	cuts := []int{1, 2, 99}
	for _, boundary := range []int{512, 4 << 10, 32 << 10, 64 << 10, 256 << 10, len(content)} {
		cuts = append(cuts, boundary-1, boundary, boundary+1)
	}
	for _, cut := range cuts {
		for _, replaced := range []bool{false, true} {
			requests := 0
			tag, now := `"v1"`, content
			f := remoteFile(t, func(w http.ResponseWriter, r *http.Request) {
				requests++
				w.Header().Set("ETag", tag)
				dst := w
				if requests == 1 {
					dst = &abortingWriter{w, cut}
					if replaced {
						tag, now = `"v2"`, bytes.ToUpper(bytes.Repeat([]byte("x"), len(content)))
						http.ServeContent(dst, r, "a", noModTime, bytes.NewReader(content))
						return
					}
				}
				http.ServeContent(dst, r, "a", noModTime, bytes.NewReader(now))
			})
			r := newBucketServer(t, serveOnly(blobdownload.Download{File: f}))
			got := r.do(t, http.MethodGet, "/")
			switch {
			case cut >= len(content):
				requireWhole(t, got, string(content))
			case replaced:
				require.Error(t, got.err, "cut at %d and replaced: %d", cut, got.StatusCode)
				assert.True(t, strings.HasPrefix(string(content), got.body))
			default:
				requireWhole(t, got, string(content))
				assert.Equal(t, 2, requests)
			}
		}
	}
}

// abortingWriter aborts its connection after a number of bytes.
type abortingWriter struct {
	http.ResponseWriter
	remaining int
}

func (c *abortingWriter) Write(p []byte) (int, error) {
	if len(p) > c.remaining {
		_, _ = c.ResponseWriter.Write(p[:c.remaining])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.remaining -= len(p)
	return c.ResponseWriter.Write(p)
}

// TR30, SF17, SF18: only representation metadata of a remote server's header is sent to the client.
func TestHeaderOfARemote(t *testing.T) {
	t.Parallel()
	hostile := map[string]string{
		"Set-Cookie": "a=b", "Content-Security-Policy": "sandbox allow-same-origin", "Strict-Transport-Security": "max-age=1",
		"Access-Control-Allow-Origin": "*", "Location": "https://evil.example/", "Refresh": "0; url=https://evil.example/",
		"Link": "<x>; rel=preload", "Clear-Site-Data": `"*"`, "Service-Worker-Allowed": "/", "Alt-Svc": `h3=":443"`, "NEL": "{}",
		"X-Accel-Redirect": "/p/secret", "X-Accel-Buffering": "no", "X-Accel-Limit-Rate": "1", "X-Accel-Expires": "9", "X-Accel-Charset": "utf-7",
		"X-Sendfile": "/etc/passwd", "X-LIGHTTPD-send-file": "/etc/passwd", "X-Reproxy-URL": "http://x/", "Gitlab-Workhorse-Send-Data": "x",
		"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==", "Digest": "md5=x", "X-Amz-Checksum-Crc32": "AAAAAA==", "Content-Disposition": "inline; filename=evil.html",
		"Connection": "X-Secret", "X-Secret": "s", "Server": "evil", "Cache-Control": "public, max-age=99999", "Www-Authenticate": "Basic",
		"Content-Type": "text/html", "Vary": "*", "Age": "1", "Via": "1.1 evil", "Trailer": "X",
	}
	f := remoteFile(t, func(w http.ResponseWriter, r *http.Request) {
		for name, value := range hostile {
			w.Header().Set(name, value)
		}
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "a.bin", noModTime, strings.NewReader(hundredBytes))
	})
	r := newBucketServer(t, serveOnly(blobdownload.Download{File: f, Inline: true}))
	for status, header := range map[int][]string{
		200: nil, 206: {"Range", "bytes=0-1"}, 304: {"If-None-Match", `"e"`}, 412: {"If-Match", `"x"`}, 416: {"Range", "bytes=100-"},
	} {
		got := r.do(t, http.MethodGet, "/", header...)
		require.Equal(t, status, got.StatusCode)
		for name, value := range hostile {
			switch name {
			case "Content-Type", "Vary":
			default:
				assert.NotEqual(t, value, got.Header.Get(name), "%d %s", status, name)
			}
		}
		assert.NotContains(t, got.Header.Get("Content-Disposition"), "inline")
		assert.NotContains(t, got.Header, "X-Accel-Redirect")
	}
}

// SF16: only range and precondition fields of a client's header are sent to the remote server.
func TestHeaderForARemote(t *testing.T) {
	t.Parallel()
	var sent http.Header
	var host string
	f := remoteFile(t, func(w http.ResponseWriter, r *http.Request) {
		sent, host = r.Header.Clone(), r.Host
		_, _ = io.WriteString(w, hundredBytes)
	})
	r := newBucketServer(t, serveOnly(blobdownload.Download{File: f}))
	r.do(t, http.MethodGet, "/", "Cookie", "session=1", "Authorization", "Bearer x", "X-Forwarded-For", "127.0.0.1", "Forwarded", "for=x",
		"Accept-Encoding", "gzip", "Proxy-Authorization", "x", "X-Real-IP", "x", "Referer", "https://private.example/", "Origin", "https://evil.example",
		"Range", "bytes=0-1", "User-Agent", "client")
	for name := range sent {
		assert.Contains(t, []string{"Range", "Accept-Encoding", "User-Agent"}, name)
	}
	assert.Equal(t, "identity", sent.Get("Accept-Encoding"))
	assert.NotEqual(t, "client", sent.Get("User-Agent"))
	assert.True(t, strings.HasPrefix(host, "127.0.0.1:"))
}

// SF22, TR20: a remote server's response without the content is never sent as the content.
func TestStatusOfARemote(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{
		204: 502, 205: 502, 226: 502, 300: 502, 302: 502, 304: 502, 401: 502, 402: 502, 404: 404, 407: 502, 410: 404, 412: 502, 416: 502, 418: 502, 451: 502, 500: 502, 503: 502, 504: 504,
	} {
		f := remoteFile(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.Header().Set("Proxy-Authenticate", "Basic")
			w.Header().Set("Location", "https://evil.example/")
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			if status >= 300 && status != 304 {
				_, _ = io.WriteString(w, "<h1>error page</h1>")
			}
		}).WithReadOptions(wrapper.ReadOptions{Retries: -1})
		r := newBucketServer(t, serveOnly(blobdownload.Download{File: f}))
		got := r.do(t, http.MethodGet, "/")
		assert.Equal(t, want, got.StatusCode, "%d", status)
		assert.Equal(t, http.StatusText(want)+"\n", got.body)
		for _, field := range []string{"WWW-Authenticate", "Proxy-Authenticate", "Location"} {
			assert.Empty(t, got.Header.Get(field), status)
		}
	}
}
