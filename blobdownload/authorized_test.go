package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestAuthorizedErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err    error
		status int
	}{
		"unknown":   {blobdownload.Unauthorized(`Bearer realm="files"`), 401},
		"forbidden": {fs.ErrPermission, 403},
		"hidden":    {fs.ErrNotExist, 404},
		"custom":    {&blobdownload.StatusError{Status: 451, Err: errors.New("secret reason")}, 451},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource("content")
			server, log := loggedServer()
			called := 0
			server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
				called++
				return nil, nil
			})
			view := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) {
				called++
				return &blobdownload.Download{File: p.file("a.txt")}, nil
			}).Inline().Authorized(func(*http.Request) error { return tc.err })
			resp := exchange(t, server.Handler(view), "GET", "/")
			assert.Equal(t, tc.status, resp.StatusCode)
			assert.Equal(t, http.StatusText(tc.status)+"\n", bodyText(t, resp))
			assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
			assert.Equal(t, tc.status == 401, resp.Header.Get("WWW-Authenticate") == `Bearer realm="files"`)
			stats, opens, _ := p.counts()
			assert.Zero(t, called+stats+opens, "a call before the check")
			assert.Contains(t, log.String(), tc.err.Error())
		})
	}
}

// CC1: a response to one user is not reused for another.
func TestAuthorizedDownloadsArePrivate(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{
		"":                                    "private, no-cache",
		"public, max-age=60":                  "private, max-age=60",
		"public, s-maxage=600, immutable":     "private, immutable",
		"max-age=60":                          "private, max-age=60",
		"private, max-age=60":                 "private, max-age=60",
		"Public , MAX-AGE=1,proxy-revalidate": "private, MAX-AGE=1",
		"no-store":                            "no-store",
		"public, no-store":                    "public, no-store",
	} {
		view := viewOf(&blobdownload.Download{File: newCountingSource("content").file("a.txt")})
		if policy != "" {
			view = view.Cached(func(*blobdownload.Download) string { return policy })
		}
		checked := view.Authorized(func(*http.Request) error { return nil })
		withCookie := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "session=1")
			quietServer().Handler(view).ServeHTTP(w, r)
		})
		offloaded := quietServer()
		offloaded.Optimizer = accelOptimizer
		for name, h := range map[string]http.Handler{
			"checked": quietServer().Handler(checked), "cookie": withCookie, "offloaded": offloaded.Handler(checked),
			"wrapped again": quietServer().Handler(checked.Inline().Named(func(*http.Request) string { return "b" })),
		} {
			assert.Equal(t, want, exchange(t, h, "GET", "/").Header.Get("Cache-Control"), "%s %q", name, policy)
			if name != "offloaded" {
				assert.Equal(t, want, exchange(t, h, "GET", "/", "If-None-Match", `"v1"`).Header.Get("Cache-Control"), "%s %q 304", name, policy)
			}
		}
		if policy != "" {
			assert.Equal(t, policy, exchange(t, quietServer().Handler(view), "GET", "/").Header.Get("Cache-Control"), "no client")
		}
	}
}
