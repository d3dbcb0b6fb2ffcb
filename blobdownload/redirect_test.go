package blobdownload_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestOffload(t *testing.T) {
	t.Parallel()
	const lm = "Sat, 06 Jan 2024 10:20:30 GMT"
	for _, tc := range []struct {
		name, method string
		validators   blobdownload.Validators
		fields       []string
		status       int
		offloaded    bool
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
			src := &statSource{info: textInfo}
			w := record(offloadingServer(tc.validators), tc.method, &blobdownload.Download{File: wrapper.New("k.txt", src)}, nil, tc.fields...)
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.offloaded, w.Header().Get("X-Accel-Redirect") != "")
			assert.Equal(t, tc.stats, src.stats.Load())
			assert.Equal(t, tc.opens, src.open.Load())
			if !tc.offloaded {
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

// XA4, XA6: only the optimizer's offload field is sent, and none on a stream.
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
	w := record(offloadingServer(blobdownload.ProxyValidators), http.MethodGet, d, before.Clone())
	assert.Equal(t, []string{"/_files/k"}, w.Header()["X-Accel-Redirect"])
	for _, field := range []string{"X-Sendfile", "X-Lighttpd-Send-File", "X-Accel-Limit-Rate", "X-Reproxy-Url", "Content-Length", "Etag"} {
		assert.Empty(t, w.Header()[field], field)
	}
	assert.Equal(t, "1", w.Header().Get("X-Kept"))

	w = record(new(blobdownload.Server), http.MethodGet, d, before.Clone())
	assert.Equal(t, "x", w.Body.String())
	for _, field := range []string{"X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File", "X-Reproxy-Url"} {
		assert.Empty(t, w.Header()[field], field)
	}
}

// XA32: a redirect whose header exceeds MaxHeader is streamed.
func TestLongHeaderIsStreamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		length, limit int
		offloaded     bool
	}{{1000, 0, true}, {4200, 0, false}, {4200, 8192, true}} {
		server := offloadingServer(0)
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/" + strings.Repeat("a", tc.length)}}, MaxHeader: tc.limit}, nil
		})
		w := record(server, http.MethodGet, &blobdownload.Download{File: wrapper.Bytes("k", []byte("body"))}, nil)
		assert.Equal(t, tc.offloaded, w.Header().Get("X-Accel-Redirect") != "")
		assert.Equal(t, tc.offloaded, w.Body.Len() == 0)
		assert.Equal(t, !tc.offloaded, w.Header().Get("Content-Length") == "4")
	}
}

// An optimizer's error does not fail the download.
func TestFailingOptimizerIsStreamed(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func() (*blobdownload.Redirect, error){
		"error":             func() (*blobdownload.Redirect, error) { return nil, errors.New("failed") },
		"permanent":         func() (*blobdownload.Redirect, error) { return &blobdownload.Redirect{Status: 301}, nil },
		"206":               func() (*blobdownload.Redirect, error) { return &blobdownload.Redirect{Status: 206}, nil },
		"error and a value": func() (*blobdownload.Redirect, error) { return new(blobdownload.Redirect), errors.New("failed") },
	} {
		server := offloadingServer(0)
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) { return answer() })
		w := record(server, http.MethodGet, &blobdownload.Download{File: wrapper.Bytes("k", []byte("body"))}, nil)
		assert.Equal(t, http.StatusOK, w.Code, name)
		assert.Equal(t, "body", w.Body.String(), name)
	}
}

// PS2, PS20, PS22, D14: a redirect of the client has cookies, no body, and is not cached.
func TestRedirectOfTheClient(t *testing.T) {
	t.Parallel()
	server := offloadingServer(0)
	server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{Status: 302, Header: http.Header{"Location": {"https://store/k"}}}, nil
	})
	d := &blobdownload.Download{File: wrapper.Bytes("k.txt", []byte("x")), Header: http.Header{
		"Cache-Control": {"public, max-age=14400"}, "Set-Cookie": {"a=b"}, "Content-Language": {"de"}, "Content-Type": {"text/html"},
	}}
	w := record(server, http.MethodGet, d, nil)
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

// BenchmarkOffload measures offloading with ProxyValidators, with and without the Stat of a local file.
func BenchmarkOffload(b *testing.B) {
	s := directoryStorage(b)
	dir := b.TempDir()
	writeFile(b, dir, "k", []byte("content"))
	root := openRoot(b, dir)
	info := wrapper.Info{Size: 10, ContentType: "text/csv"}
	for name, f := range map[string]*wrapper.File{
		"known":   s.File("typed.txt").WithInfo(info),
		"storage": s.File("typed.txt"),
		"path":    wrapper.Root(root, "k"),
		"memory":  wrapper.Bytes("k", []byte("content")),
	} {
		b.Run(name, func(b *testing.B) {
			server, w, r := offloadingServer(blobdownload.ProxyValidators), newRecordingWriter(), request(b, http.MethodGet, "/")
			d := &blobdownload.Download{File: f}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				if err := server.Serve(w, r, d); err != nil || w.status != http.StatusOK {
					b.Fatal(w.status, err)
				}
			}
		})
	}
}
