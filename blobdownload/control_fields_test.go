package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// controlFields are fields by which a proxy or CDN sends other content, or caches a response longer than
// Cache-Control allows.
var controlFields = []string{
	"X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Charset", "X-Accel-Buffering", "X-Accel-Limit-Rate",
	"X-Sendfile", "X-Sendfile2", "X-LIGHTTPD-send-file", "X-LIGHTTPD-send-tempfile", "X-LiteSpeed-Location",
	"X-LiteSpeed-Cache-Control", "X-Reproxy-URL", "X-Reproxy-File", "Gitlab-Workhorse-Send-Data",
	"CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Surrogate-Control", "Edge-Control", "Expires", "Pragma",
}

// withFields sets fields before the handler, as middleware does.
func withFields(h http.Handler, fields []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range fields {
			w.Header().Set(name, "60")
		}
		h.ServeHTTP(w, r)
	})
}

func TestS10ControlFieldsAreDroppedFromEveryResponse(t *testing.T) {
	t.Parallel()
	file := newCountingSource("content").file("a")
	view := viewOf(&blobdownload.Download{File: file})
	fails := func(err error) blobdownload.View {
		return func(*http.Request) (*blobdownload.Download, error) { return nil, err }
	}
	allow := func(*http.Request) error { return nil }
	redirected := func(status int) http.Handler {
		s := quietServer()
		s.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return &blobdownload.Redirect{Status: status, Header: http.Header{"Location": {"https://b.example/a"}}}, nil
		})
		return s.Handler(view)
	}
	direct := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		quietServer().Error(w, r, fs.ErrNotExist)
	})
	for name, c := range map[string]struct {
		h      http.Handler
		method string
		header []string
		status int
	}{
		"stream":       {quietServer().Handler(view), "GET", nil, 200},
		"HEAD":         {quietServer().Handler(view), "HEAD", nil, 200},
		"part":         {quietServer().Handler(view), "GET", []string{"Range", "bytes=0-1"}, 206},
		"parts":        {quietServer().Handler(view), "GET", []string{"Range", "bytes=0-0,6-6"}, 206},
		"not modified": {quietServer().Handler(view), "GET", []string{"If-None-Match", `"v1"`}, 304},
		"precondition": {quietServer().Handler(view), "GET", []string{"If-Match", `"v2"`}, 412},
		"range":        {quietServer().Handler(view), "GET", []string{"Range", "bytes=99-"}, 416},
		"method":       {quietServer().Handler(view), "POST", nil, 405},
		"options":      {quietServer().Handler(view), "OPTIONS", nil, 204},
		"missing":      {quietServer().Handler(fails(fs.ErrNotExist)), "GET", nil, 404},
		"forbidden":    {quietServer().Handler(fails(fs.ErrPermission)), "GET", nil, 403},
		"broken":       {quietServer().Handler(fails(errors.New("x"))), "GET", nil, 500},
		"Server.Error": {direct, "GET", nil, 404},
		"private":      {quietServer().Handler(view.Authorized(allow)), "GET", nil, 200},
		"proxy":        {redirected(200), "GET", nil, 200},
		"redirect":     {redirected(302), "GET", nil, 302},
		"no link":      {newSigner(t, nil).Require(http.NotFoundHandler()), "GET", nil, 403},
		"link options": {newSigner(t, nil).Require(http.NotFoundHandler()), "OPTIONS", nil, 204},
	} {
		resp := exchange(t, withFields(c.h, controlFields), c.method, "/", c.header...)
		assert.Equal(t, c.status, resp.StatusCode, name)
		for _, field := range controlFields {
			assert.Empty(t, resp.Header.Values(field), "%s: %s", name, field)
		}
	}
}

// The application's own fields control caches of a public download, but never of a private one.
func TestS10PrivateDownloadsHaveNoFieldForSharedCaches(t *testing.T) {
	t.Parallel()
	caching := []string{"CDN-Cache-Control", "Surrogate-Control", "X-Accel-Expires", "Expires"}
	fields := http.Header{}
	for _, name := range caching {
		fields.Set(name, "60")
	}
	public := viewOf(&blobdownload.Download{File: newCountingSource("content").file("a"), Header: fields}).Cached(blobdownload.Public(time.Minute))
	proxied := quietServer()
	proxied.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/a"}}}, nil
	})
	for name, server := range map[string]*blobdownload.Server{"streamed": quietServer(), "proxied": proxied} {
		for _, header := range [][]string{nil, {"If-None-Match", `"v1"`}} {
			open := exchange(t, server.Handler(public), "GET", "/", header...)
			closed := exchange(t, server.Handler(public.Authorized(func(*http.Request) error { return nil })), "GET", "/", header...)
			cookie := exchange(t, server.Handler(public.With(func(_ *http.Request, d *blobdownload.Download) error {
				d.Header.Set("Set-Cookie", "a=1")
				return nil
			})), "GET", "/", header...)
			for _, field := range caching {
				assert.NotEmpty(t, open.Header.Values(field), "%s: %s", name, field)
				assert.Empty(t, closed.Header.Values(field), "%s: %s", name, field)
				assert.Empty(t, cookie.Header.Values(field), "%s: %s with a cookie", name, field)
			}
		}
	}
}
