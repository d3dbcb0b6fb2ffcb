package blobdownload_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// asked is content that counts how often it is described and opened.
type asked struct {
	info        wrapper.Info
	err         error
	stats, open atomic.Int32
}

func (a *asked) Stat(context.Context) (wrapper.Info, error) {
	a.stats.Add(1)
	return a.info, a.err
}

func (a *asked) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	a.open.Add(1)
	rest := strings.Repeat("x", int(a.info.Size))[off:]
	if n >= 0 {
		rest = rest[:n]
	}
	return io.NopCloser(strings.NewReader(rest)), a.err
}

var content = wrapper.Info{Size: 100, ETag: `"app"`, ModTime: time.Date(2024, 1, 6, 10, 20, 30, 0, time.UTC), ContentType: "text/plain", ContentLanguage: "de"}

// handing is a server that hands everything over to nginx.
func handing(v blobdownload.Validators) *blobdownload.Server {
	return &blobdownload.Server{
		Logger: slog.New(slog.DiscardHandler),
		Optimizer: blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_files/k"}}, Validators: v}, nil
		}),
	}
}

func serve(s *blobdownload.Server, method string, d *blobdownload.Download, before http.Header, fields ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	maps.Copy(w.Header(), before)
	r := httptest.NewRequest(method, "/", http.NoBody)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	s.Handler(func(*http.Request) (*blobdownload.Download, error) { return d, nil }).ServeHTTP(w, r)
	return w
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	const lm = "Sat, 06 Jan 2024 10:20:30 GMT"
	for _, tc := range []struct {
		name, method string
		validators   blobdownload.Validators
		fields       []string
		status       int
		handed       bool
		stats, opens int32
	}{
		{"edge", "GET", blobdownload.ProxyValidators, nil, 200, true, 0, 0},
		{"edge by default", "GET", 0, nil, 200, true, 0, 0},
		{"edge HEAD", "HEAD", blobdownload.ProxyValidators, nil, 200, true, 0, 0},
		{"edge decides conditions", "GET", blobdownload.ProxyValidators, []string{"If-None-Match", `"app"`}, 200, true, 0, 0},
		{"edge decides ranges", "GET", blobdownload.ProxyValidators, []string{"Range", "bytes=500-"}, 200, true, 0, 0},
		{"XA33 POST", "POST", blobdownload.ProxyValidators, nil, 405, false, 0, 0},
		{"XA33 DELETE", "DELETE", blobdownload.ProxyValidators, nil, 405, false, 0, 0},
		{"application", "GET", blobdownload.AppValidators, nil, 200, true, 1, 0},
		{"application HEAD", "HEAD", blobdownload.AppValidators, nil, 200, true, 1, 0},
		{"application HEAD range", "HEAD", blobdownload.AppValidators, []string{"Range", "bytes=0-9"}, 200, false, 1, 0},
		{"application range", "GET", blobdownload.AppValidators, []string{"Range", "bytes=0-9"}, 200, true, 1, 0},
		{"application 304", "GET", blobdownload.AppValidators, []string{"If-None-Match", `"app"`}, 304, false, 1, 0},
		{"application 304 by date", "GET", blobdownload.AppValidators, []string{"If-Modified-Since", lm}, 304, false, 1, 0},
		{"application modified", "GET", blobdownload.AppValidators, []string{"If-None-Match", `"x"`}, 200, true, 1, 0},
		{"XA8 application 416", "GET", blobdownload.AppValidators, []string{"Range", "bytes=500-"}, 416, false, 1, 0},
		{"XA42 If-Match is streamed", "GET", blobdownload.AppValidators, []string{"If-Match", `"app"`}, 200, false, 1, 1},
		{"XA42 If-Match fails", "GET", blobdownload.AppValidators, []string{"If-Match", `"x"`}, 412, false, 1, 0},
		{"XA42 If-Unmodified-Since is streamed", "GET", blobdownload.AppValidators, []string{"If-Unmodified-Since", lm}, 200, false, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			src := &asked{info: content}
			w := serve(handing(tc.validators), tc.method, &blobdownload.Download{File: wrapper.New("k.txt", src)}, nil, tc.fields...)
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.handed, w.Header().Get("X-Accel-Redirect") != "")
			assert.Equal(t, tc.stats, src.stats.Load())
			assert.Equal(t, tc.opens, src.open.Load())
			if !tc.handed {
				if tc.status >= 400 {
					assert.Empty(t, w.Header().Get("Content-Disposition"), "XA8")
				}
				return
			}
			for _, field := range []string{"Content-Length", "Content-Range", "Accept-Ranges"} {
				assert.Empty(t, w.Header().Get(field), "XA46 "+field)
			}
			assert.Zero(t, w.Body.Len())
			own := tc.validators == blobdownload.AppValidators
			assert.Equal(t, own, w.Header().Get("ETag") == `"app"`)
			assert.Equal(t, own, w.Header().Get("Last-Modified") == lm)
			assert.Equal(t, own, w.Header().Get("Content-Language") == "de")
		})
	}
}

func TestHandOverOfKnownFactsAsksNobody(t *testing.T) {
	t.Parallel()
	src := &asked{info: content}
	d := &blobdownload.Download{File: wrapper.New("k.txt", src).WithInfo(content)}
	w := serve(handing(blobdownload.AppValidators), http.MethodGet, d, nil)
	assert.Equal(t, `"app"`, w.Header().Get("ETag"))
	assert.Equal(t, http.StatusNotModified, serve(handing(blobdownload.AppValidators), http.MethodGet, d, nil, "If-None-Match", `"app"`).Code)
	assert.Zero(t, src.stats.Load())
	assert.Zero(t, src.open.Load())
}

// XA10: a missing file is a 404 of ours, with nothing of the file in it.
func TestHandOverOfAMissingFile(t *testing.T) {
	t.Parallel()
	d := &blobdownload.Download{File: wrapper.New("k.txt", &asked{err: fs.ErrNotExist})}
	w := serve(handing(blobdownload.AppValidators), http.MethodGet, d, nil)
	assert.Equal(t, http.StatusNotFound, w.Code)
	for _, field := range []string{"X-Accel-Redirect", "Content-Disposition", "ETag"} {
		assert.Empty(t, w.Header().Get(field), field)
	}
}

// XA4, XA6: whatever was there before, there is one field, and it is the optimizer's; and none on a stream.
func TestEarlierFieldsAreRemoved(t *testing.T) {
	t.Parallel()
	before := http.Header{
		"X-Accel-Redirect": {"/p/secret", "/p/other"}, "X-Sendfile": {"/etc/passwd"}, "X-Lighttpd-Send-File": {"/etc/passwd"},
		"X-Accel-Limit-Rate": {"1"}, "X-Reproxy-Url": {"http://x"}, "Content-Length": {"7"}, "Etag": {`"old"`}, "X-Kept": {"1"},
	}
	d := &blobdownload.Download{
		File:   wrapper.Bytes("k.txt", []byte("x")),
		Header: http.Header{"X-Accel-Redirect": {"/p/mine"}, "X-Sendfile": {"/mine"}, "Content-Length": {"9"}},
	}
	w := serve(handing(blobdownload.ProxyValidators), http.MethodGet, d, before.Clone())
	assert.Equal(t, []string{"/_files/k"}, w.Header()["X-Accel-Redirect"])
	for _, field := range []string{"X-Sendfile", "X-Lighttpd-Send-File", "X-Accel-Limit-Rate", "X-Reproxy-Url", "Content-Length", "Etag"} {
		assert.Empty(t, w.Header()[field], field)
	}
	assert.Equal(t, "1", w.Header().Get("X-Kept"))

	w = serve(new(blobdownload.Server), http.MethodGet, d, before.Clone())
	assert.Equal(t, "x", w.Body.String())
	for _, field := range []string{"X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File", "X-Reproxy-Url"} {
		assert.Empty(t, w.Header()[field], field)
	}
}

// XA32: what does not fit into nginx's buffer is streamed, unless more is said to fit.
func TestLongHeaderIsStreamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		length, limit int
		handed        bool
	}{{1000, 0, true}, {4200, 0, false}, {4200, 8192, true}} {
		server := handing(0)
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/" + strings.Repeat("a", tc.length)}}, MaxHeader: tc.limit}, nil
		})
		w := serve(server, http.MethodGet, &blobdownload.Download{File: wrapper.Bytes("k", []byte("body"))}, nil)
		assert.Equal(t, tc.handed, w.Header().Get("X-Accel-Redirect") != "")
		assert.Equal(t, tc.handed, w.Body.Len() == 0)
		assert.Equal(t, !tc.handed, w.Header().Get("Content-Length") == "4")
	}
}

// An optimizer can make a download cheaper, never make it fail.
func TestFailingOptimizerIsStreamed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func() (*blobdownload.Redirect, error){
		"error":             func() (*blobdownload.Redirect, error) { return nil, errors.New("failed") },
		"permanent":         func() (*blobdownload.Redirect, error) { return &blobdownload.Redirect{Status: 301}, nil },
		"206":               func() (*blobdownload.Redirect, error) { return &blobdownload.Redirect{Status: 206}, nil },
		"error and a value": func() (*blobdownload.Redirect, error) { return new(blobdownload.Redirect), errors.New("failed") },
	} {
		server := handing(0)
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) { return answer() })
		w := serve(server, http.MethodGet, &blobdownload.Download{File: wrapper.Bytes("k", []byte("body"))}, nil)
		assert.Equal(t, http.StatusOK, w.Code, name)
		assert.Equal(t, "body", w.Body.String(), name)
	}
}

// PS2, PS20, PS22, D14: a redirect of the client has cookies, no body, and is not kept.
func TestRedirectOfTheClient(t *testing.T) {
	t.Parallel()
	server := handing(0)
	server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{Status: 302, Header: http.Header{"Location": {"https://store/k"}}}, nil
	})
	d := &blobdownload.Download{File: wrapper.Bytes("k.txt", []byte("x")), Header: http.Header{
		"Cache-Control": {"public, max-age=14400"}, "Set-Cookie": {"a=b"}, "Content-Language": {"de"}, "Content-Type": {"text/html"},
	}}
	w := serve(server, http.MethodGet, d, nil)
	require.Equal(t, http.StatusFound, w.Code)
	assert.Zero(t, w.Body.Len())
	want := map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Set-Cookie": "a=b", "Location": "https://store/k",
		"Content-Language": "", "Content-Type": "", "Content-Disposition": "", "ETag": "",
	}
	for field, value := range want {
		assert.Equal(t, value, w.Header().Get(field), field)
	}
}
