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

func TestOptimizer(t *testing.T) {
	t.Parallel()
	accel := &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/internal/a.txt"}}}
	found := &blobdownload.Redirect{Status: 302, Header: http.Header{"Location": {"https://cloud.example/a?sig=x"}}}
	for _, c := range []struct {
		name      string
		optimizer blobdownload.Optimizer
		opens     int
		status    int
		want      map[string]string
		none      []string // fields that are not there
	}{
		{name: "nil", opens: 1, status: 200, want: map[string]string{"Etag": `"v1"`}},
		{name: "leaves it", optimizer: fixedOptimizer(nil, nil), opens: 1, status: 200, want: map[string]string{"Etag": `"v1"`}},
		{name: "fails", optimizer: fixedOptimizer(nil, errors.New("x")), opens: 1, status: 200, want: map[string]string{"Etag": `"v1"`}},
		{
			name: "fails but says where", optimizer: fixedOptimizer(found, errors.New("x")), opens: 1, status: 200,
			want: map[string]string{"Etag": `"v1"`}, none: []string{"Location"},
		},
		{
			name: "front server", optimizer: fixedOptimizer(accel, nil), status: 200,
			want: map[string]string{
				"X-Accel-Redirect": "/internal/a.txt", "Content-Disposition": `attachment; filename="b.png"`, "Content-Type": "image/png",
				"Cache-Control": "private, max-age=9", "Set-Cookie": "c=1", "X-Content-Type-Options": "nosniff",
			},
			none: []string{"Content-Length", "Content-Range", "Accept-Ranges", "Etag", "Last-Modified", "Location"},
		},
		{
			name: "client", optimizer: fixedOptimizer(found, nil), status: 302,
			want: map[string]string{
				"Location": "https://cloud.example/a?sig=x", "Cache-Control": "no-store", "Set-Cookie": "c=1",
				"Referrer-Policy": "no-referrer", "Content-Length": "0",
			},
			none: []string{"Content-Type", "Content-Disposition", "Etag"},
		},
		{
			name: "its fields win", status: 303,
			optimizer: fixedOptimizer(&blobdownload.Redirect{Status: 303, Header: http.Header{"cache-control": {"private, max-age=30"}}}, nil),
			want:      map[string]string{"Cache-Control": "private, max-age=30"},
		},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				t.Parallel()
				p := newCountingSource("content")
				server, log := loggedServer()
				server.Optimizer = c.optimizer
				var result blobdownload.Result
				server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
				d := &blobdownload.Download{File: p.file("a.txt"), Filename: "b.png", Header: http.Header{"Cache-Control": {"max-age=9"}, "Set-Cookie": {"c=1"}}}
				// The proxy evaluates conditions and ranges.
				resp := exchange(t, server.Handler(viewOf(d)), method, "/", "Range", "bytes=0-", "If-Range", `"v0"`)
				assert.Equal(t, c.status, resp.StatusCode)
				for field, want := range c.want {
					assert.Equal(t, want, resp.Header.Get(field), field)
				}
				for _, field := range c.none {
					assert.NotContains(t, resp.Header, field)
				}
				stats, opens, _ := p.counts()
				if c.opens == 0 {
					assert.Zero(t, stats+opens)
					assert.Empty(t, bodyText(t, resp))
					assert.EqualValues(t, -1, result.Bytes)
					assert.NotNil(t, result.Redirect)
				} else {
					assert.Equal(t, method == "GET", opens == 1)
					assert.Nil(t, result.Redirect)
				}
				assert.Equal(t, c.status, result.Status)
				assert.Same(t, d, result.Download)
				assert.Equal(t, strings.HasPrefix(c.name, "fails"), log.String() != "", log.String())
			})
		}
	}
}

func TestOptimizeIsMiddleware(t *testing.T) {
	t.Parallel()
	at := func(where string) blobdownload.Optimizer {
		return fixedOptimizer(&blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {where}}}, nil)
	}
	view := viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))})
	plain, own := quietServer(), quietServer()
	own.Optimizer = at("/own")
	for _, c := range []struct {
		name string
		h    http.Handler
		want string
	}{
		{"none", plain.Handler(view), ""},
		{"by the context", blobdownload.Optimize(at("/middleware"))(plain.Handler(view)), "/middleware"},
		{"the server's own wins", blobdownload.Optimize(at("/middleware"))(own.Handler(view)), "/own"},
		{"the inner one wins", blobdownload.Optimize(at("/outer"))(blobdownload.Optimize(at("/inner"))(plain.Handler(view))), "/inner"},
		{"nil switches it off", blobdownload.Optimize(at("/outer"))(blobdownload.Optimize(nil)(plain.Handler(view))), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, exchange(t, c.h, "GET", "/").Header.Get("X-Accel-Redirect"))
		})
	}
	t.Run("nothing is wrapped", func(t *testing.T) {
		t.Parallel()
		w := newRecordingWriter()
		h := blobdownload.Optimize(at("/x"))(http.HandlerFunc(func(got http.ResponseWriter, _ *http.Request) { assert.Same(t, w, got) }))
		h.ServeHTTP(w, request(t, "GET", "/"))
	})
}

// CVE-2025-61780: no request field chooses how a download is sent.
func TestRequestFieldsDoNotEnableOffloading(t *testing.T) {
	t.Parallel()
	h := handlerOf(blobdownload.Download{File: newCountingSource("content").file("a")})
	plain := exchange(t, h, "GET", "/")
	forged := exchange(t, h, "GET", "/", "X-Sendfile-Type", "X-Accel-Redirect", "X-Accel-Mapping", "/=/admin/", "X-Accel-Redirect", "/x")
	require.Equal(t, plain.Header, forged.Header)
	assert.Equal(t, "content", bodyText(t, forged))
}

func TestOptimizerIsCalledForGetAndHeadOnly(t *testing.T) {
	t.Parallel()
	server := quietServer()
	called := 0
	server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		called++
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/x"}}}, nil
	})
	d := &blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		w := newRecordingWriter()
		require.NoError(t, server.Serve(w, request(t, method, "/"), d))
		assert.NotContains(t, w.header, "X-Accel-Redirect")
		assert.Contains(t, []int{204, 405}, w.status)
	}
	assert.Zero(t, called)
}

// H8 for a header that a client makes long by the key: it is the fault of no client, and one error in the log is enough.
func TestH8LongHeaderIsOneErrorInTheLog(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	server.Optimizer = blobdownload.OptimizerFunc(func(r *http.Request, _ *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_files/" + r.URL.Path}}}, nil
	})
	h := server.Handler(viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))}))
	for range 3 {
		resp := exchange(t, h, "GET", "/"+strings.Repeat("a", blobdownload.DefaultMaxHeader))
		assert.Equal(t, "content", bodyText(t, resp))
	}
	assert.Equal(t, 1, strings.Count(log.String(), "level=ERROR"), log.String())
	assert.Contains(t, log.String(), "header is too long")
}
