package offload_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

var cloudCDN = &proxy.CloudCDN{KeyName: "k", Key: []byte("sixteen bytes ok")}

// cdn is a stand-in for a CDN: it accepts a URL with a valid signature, and fetches the object from the storage with its
// own credentials and the overrides of its query.
func (s *store) cdn(t *testing.T) *httptest.Server {
	t.Helper()
	var base string
	cdn := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := base + r.URL.RequestURI()
		q := r.URL.Query()
		expires, _ := strconv.ParseInt(q.Get("Expires"), 10, 64)
		bare := signed[:strings.LastIndex(signed, "Expires=")]
		again, err := cloudCDN.SignURL(strings.TrimRight(bare, "?&"), time.Unix(expires, 0))
		if err != nil || again != signed || time.Now().Unix() > expires {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		key, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/files/"))
		u, err := s.storage.File(key).SignedURL(r.Context(), wrapper.SignOptions{
			ContentDisposition: q.Get("response-content-disposition"), ContentType: q.Get("response-content-type"),
			CacheControl: q.Get("response-cache-control"),
		})
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		ask, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, u, http.NoBody)
		for _, field := range []string{"Range", "If-None-Match"} {
			ask.Header[field] = r.Header[field]
		}
		resp, err := client.Do(ask)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(cdn.Close)
	base = cdn.URL
	return cdn
}

// TestCDN redirects clients to a CDN, which rejects any URL but the signed one.
func TestCDN(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	cdn := s.cdn(t)
	const key = "dir/report é #1?.txt"
	s.put(t, key, "0123456789", "text/html")
	o := &proxy.CDN{Mounts: []proxy.Mount{{Store: "s3", Location: cdn.URL + "/files/"}}, Signer: cloudCDN, Overrides: true}
	require.NoError(t, proxy.Validate(o))
	app := httptest.NewServer(s.handler(o, func(v blobdownload.View) blobdownload.View {
		return v.Cached(blobdownload.Public(24 * time.Hour))
	}))
	t.Cleanup(app.Close)
	follow := func(location string, fields ...string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, location, http.NoBody)
		require.NoError(t, err)
		for i := 0; i+1 < len(fields); i += 2 {
			req.Header.Set(fields[i], fields[i+1])
		}
		resp, err := cdn.Client().Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp, string(body)
	}

	first, body := get(t, app.URL+urlOf(key))
	require.Equal(t, http.StatusFound, first.StatusCode, body)
	assert.Equal(t, "no-store", first.Header.Get("Cache-Control"))
	assert.Empty(t, s.counter.Take(), "no requests to the storage")
	location := first.Header.Get("Location")
	resp, body := follow(location)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "0123456789", body)
	assert.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Equal(t, "public, max-age=300", resp.Header.Get("Cache-Control"), "not longer than the URL")
	assert.Contains(t, resp.Header.Get("Content-Disposition"), "filename*=UTF-8''report%20%C3%A9%20#1_.txt")
	part, body := follow(location, "Range", "bytes=2-4")
	assert.Equal(t, http.StatusPartialContent, part.StatusCode)
	assert.Equal(t, "234", body)

	for _, bad := range []string{
		strings.Replace(location, "report", "Report", 1), strings.Replace(location, "attachment", "inline", 1),
		strings.Replace(location, "Expires=", "Expires=1", 1), location + "x", strings.Replace(location, "max-age", "min-age", 1),
	} {
		require.NotEqual(t, location, bad)
		resp, _ := follow(bad)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, bad)
	}
	for _, fields := range [][]string{
		{"Range", "bytes=2-4", "If-Range", `"of a previous version"`}, {"Range", "bytes=0-1,8-9"}, {"Range", "bytes=,2-4"},
	} {
		resp, _ := get(t, app.URL+urlOf(key), fields...)
		assert.Empty(t, resp.Header.Get("Location"), "%v: the application responds", fields)
	}
	head, _ := do(t, http.MethodHead, app.URL+urlOf(key))
	assert.Equal(t, http.StatusOK, head.StatusCode)
}
