package threats_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest/servers"
	"github.com/go-downloadview/downloadview/wrapper"
)

const cachingConfig = `{{template "main" .}}
http {
	{{template "http" .}}
	proxy_cache_path {{.Dir}}/tmp/cache keys_zone=all:1m;
	gzip on;
	gzip_types *;
	gzip_min_length 1;
	server {
		listen {{.Listen}};
		location / {
			proxy_pass {{.Data}};
			proxy_cache all;
			proxy_cache_key $uri$is_args$args;
		}
		location /plain/ {
			proxy_pass {{.Data}};
		}
		location /http11/ {
			proxy_pass {{.Data}};
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_cache all;
		}
		location /slices/ {
			slice 4k;
			proxy_pass {{.Data}};
			proxy_cache all;
			proxy_cache_key $uri$is_args$args$slice_range;
			proxy_set_header Range $slice_range;
			proxy_cache_valid 200 206 1h;
		}
	}
}`

// startCachingNginx starts nginx with a cache in front of a bucketServer.
func startCachingNginx(t *testing.T, r *bucketServer) *servers.Server {
	t.Helper()
	return servers.Nginx(t, servers.Config{Text: cachingConfig, Data: r.URL})
}

// publiclyCached lets shared caches store the responses of a view.
func publiclyCached(v blobdownload.View) blobdownload.View {
	return v.Cached(func(*blobdownload.Download) string { return "public, max-age=600" })
}

// CC1 to CC13 behind a shared cache.
func TestThroughNginx(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, func(r *bucketServer) blobdownload.View {
		s := blobdownload.StorageView(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(r.bucket)}, queryKey)
		return func(req *http.Request) (*blobdownload.Download, error) {
			switch req.URL.Path {
			case "/public":
				return publiclyCached(s)(req)
			case "/cookie":
				d, err := publiclyCached(s)(req)
				if err == nil {
					d.Header.Set("Set-Cookie", "session="+req.URL.Query().Get("user"))
				}
				return d, err
			case "/checked":
				return publiclyCached(s).Authorized(func(req *http.Request) error {
					if _, err := req.Cookie("session"); err != nil {
						return blobdownload.Unauthorized("Bearer")
					}
					return nil
				})(req)
			case "/broken":
				return &blobdownload.Download{File: wrapper.Invalid("a", errors.New("secret of the driver"))}, nil
			default:
				return s(req)
			}
		}
	})
	r.put(t, "a", hundredBytes)
	n := startCachingNginx(t, r)
	send := func(method, target string, header ...string) response {
		return do(t, n.Client(), method, n.URL+target, header...)
	}
	requests := func(target string, header ...string) int {
		before := r.requests()
		requireWhole(t, send(http.MethodGet, target, header...), hundredBytes)
		return r.requests() - before
	}

	requests("/public?key=a")
	require.Zero(t, requests("/public?key=a"), "this nginx does not cache, so the test shows nothing")
	for _, id := range []string{"CC1 /cookie?key=a", "CC1 /checked?key=a", "CC2 /?key=a"} {
		_, target, _ := strings.Cut(id, " ")
		assert.Positive(t, requests(target, "Cookie", "session=1"), id)
		assert.Positive(t, requests(target, "Cookie", "session=2"), "%s was cached for other users", id)
	}
	assert.Equal(t, http.StatusUnauthorized, send(http.MethodGet, "/checked?key=a").StatusCode, "CC1 another's answer")

	for _, header := range [][]string{{"Accept", "text/html"}, {"X-Forwarded-Host", "evil.example"}, {"X-Original-URL", "/?key=b"}} {
		got := send(http.MethodGet, "/public?key=b"+header[0], header...)
		assert.Equal(t, http.StatusNotFound, got.StatusCode, "CC4 CC10")
		assert.NotEqual(t, "HIT", got.Header.Get("X-Cache"))
	}

	tag := send(http.MethodGet, "/plain/?key=a").Header.Get("ETag")
	assert.Regexp(t, `^"[^"]+"$`, tag, "CC5")
	long := strings.Repeat(`"0123456789abcdef", `, 300)
	assert.Equal(t, http.StatusNotModified, send(http.MethodGet, "/plain/?key=a", "If-None-Match", long+tag).StatusCode, "CC6")
	assert.Equal(t, http.StatusPreconditionFailed, send(http.MethodGet, "/plain/?key=a", "If-Match", `"x"`).StatusCode, "CC8")
	assert.Equal(t, http.StatusPreconditionFailed, send(http.MethodGet, "/plain/?key=a", "If-Unmodified-Since", "Mon, 02 Jan 2006 15:04:05 GMT").StatusCode, "CC8")

	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "PROPFIND"} {
		got := send(method, "/?key=a", "X-HTTP-Method-Override", "GET")
		assert.Equal(t, http.StatusMethodNotAllowed, got.StatusCode, "CC9 "+method)
		assert.Equal(t, "GET, HEAD, OPTIONS", got.Header.Get("Allow"))
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+"/?key=a", strings.NewReader("unwanted"))
	require.NoError(t, err)
	resp, err := n.Client().Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, hundredBytes, string(body), "CC12")

	broken := send(http.MethodGet, "/broken")
	assert.Equal(t, http.StatusBadGateway, broken.StatusCode)
	assert.Equal(t, "Bad Gateway\n", broken.body, "CC13")
	assert.Equal(t, "no-store", broken.Header.Get("Cache-Control"))
}

// TR34, TR12: an aborted response is an error for the client of nginx, compressed or not, and is not cached.
func TestAbortThroughNginx(t *testing.T) {
	t.Parallel()
	var made atomic.Int64
	r := newBucketServer(t, func(*bucketServer) blobdownload.View {
		return publiclyCached(func(req *http.Request) (*blobdownload.Download, error) {
			made.Add(1)
			f := wrapper.Seq("a.txt", func(yield func([]byte, error) bool) {
				for range 20 {
					if !yield(bytes.Repeat([]byte("content "), 4096), nil) {
						return
					}
				}
				yield(nil, errors.New("interrupted"))
			})
			if strings.Contains(req.URL.Path, "known") {
				f = f.WithInfo(wrapper.Info{Size: 10 << 20})
			}
			return &blobdownload.Download{File: f}, nil
		})
	})
	n := startCachingNginx(t, r)
	for _, path := range []string{"/unknown", "/known", "/http11/unknown", "/http11/known"} {
		for _, coding := range []string{"identity", "gzip"} {
			before := made.Load()
			for range 2 {
				got := do(t, n.Client(), http.MethodGet, n.URL+path, "Accept-Encoding", coding)
				require.Error(t, got.err, "%s %s: %d, %d bytes", path, coding, got.StatusCode, len(got.body))
			}
			assert.Equal(t, int64(2), made.Load()-before, "%s was cached", path)
		}
	}
}

// TR32: a cache that requests slices serves the complete content, and never slices of two versions.
func TestSlicesOfACache(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, func(r *bucketServer) blobdownload.View {
		return publiclyCached(blobdownload.StorageView(&blobdownload.Storage{Bucket: wrapper.NewBucket(r.bucket)}, queryKey))
	})
	first, second := strings.Repeat("A", 50_001), strings.Repeat("B", 50_001)
	r.put(t, "a", first)
	n := startCachingNginx(t, r)
	client := n.Client()
	requireWhole(t, do(t, client, http.MethodGet, n.URL+"/slices/?key=a"), first)
	part := do(t, client, http.MethodGet, n.URL+"/slices/?key=a", "Range", "bytes=49990-")
	assert.Equal(t, http.StatusPartialContent, part.StatusCode)
	assert.Equal(t, first[49990:], part.body)

	r.put(t, "b", first)
	do(t, client, http.MethodGet, n.URL+"/slices/?key=b", "Range", "bytes=0-8191") // two slices are cached
	r.put(t, "b", second)
	got := do(t, client, http.MethodGet, n.URL+"/slices/?key=b")
	require.Error(t, got.err, "%d: %d bytes", got.StatusCode, len(got.body))
	assert.NotContains(t, got.body, "B")
}
