package proxy_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// signingSource signs with a function, and counts.
type signingSource struct {
	locatedSource
	sign  func(wrapper.SignOptions) (string, error)
	count atomic.Int32
	last  wrapper.SignOptions
}

func (s *signingSource) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	s.count.Add(1)
	s.last = o
	return s.sign(o)
}

func signedObject(key string, sign func(wrapper.SignOptions) (string, error)) (*signingSource, *blobdownload.Download) {
	s := &signingSource{locatedSource: locatedSource{key: key}, sign: sign}
	return s, &blobdownload.Download{File: wrapper.New(key, s).WithStore("docs")}
}

func signsAs(u string) func(wrapper.SignOptions) (string, error) {
	return func(wrapper.SignOptions) (string, error) { return u, nil }
}

var getRequest = httptest.NewRequest(http.MethodGet, "/", http.NoBody)

// PS21, PS32.
func TestOnlyAbsoluteHTTPSURLsOfAllowedHostsAreSent(t *testing.T) {
	t.Parallel()
	for u, ok := range map[string]bool{
		"https://store.example/k?X=1":     true,
		"https://127.0.0.1:9000/k":        true,
		"http://store.example/k":          false,
		"https://evil.com/k":              false,
		"https://store.example.evil.com/": false,
		"//evil.com/x":                    false,
		`/\evil.com`:                      false,
		"https:evil.com":                  false,
		"https://u:p@store.example/k":     false,
		"https://store.example@evil.com/": false,
		`https://store.example\@evil.com`: false,
		"https://store.example:80/k":      false,
		"https://store.example":           false,
		"https://store.example/a b":       false,
		"https://store.example/a\r\nX: y": false,
		"https://store.example/#f":        false,
		"javascript:alert(1)":             false,
		"":                                false,
	} {
		p := &proxy.Presign{Hosts: []string{"store.example", "127.0.0.1:9000"}}
		_, d := signedObject("k", signsAs(u))
		to, err := p.Optimize(getRequest, d)
		if ok {
			require.NoError(t, err, u)
			assert.Equal(t, u, to.Header.Get("Location"))
		} else {
			require.Error(t, err, u)
			assert.Nil(t, to, u)
		}
	}
	_, d := signedObject("k", signsAs("http://anywhere/k"))
	to, err := (&proxy.Presign{AllowHTTP: true}).Optimize(getRequest, d)
	require.NoError(t, err)
	assert.NotNil(t, to)
}

// PS16: clients remove dot segments from a Location.
func TestKeysWithDotSegmentsAreNotRedirected(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a/./b", "..", "a/..", ".", ""} {
		s, d := signedObject(key, signsAs("https://s/k"))
		to, err := new(proxy.Presign).Optimize(getRequest, d)
		require.NoError(t, err)
		assert.Nil(t, to, key)
		assert.Zero(t, s.count.Load())
	}
}

// PS1, PS26.
func TestOnlyGetIsRedirected(t *testing.T) {
	t.Parallel()
	_, d := signedObject("k", signsAs("https://s/k"))
	for _, o := range []blobdownload.Optimizer{new(proxy.Presign), &proxy.XAccelPresigned{Location: "/_url"}} {
		to, err := o.Optimize(httptest.NewRequest(http.MethodHead, "/", http.NoBody), d)
		require.NoError(t, err)
		assert.Nil(t, to)
	}
}

// PS8, PS24: storages ignore If-Range. A precondition that the application can evaluate needs no URL.
func TestRequestsThatStoragesFailAreNotRedirected(t *testing.T) {
	t.Parallel()
	known := wrapper.Info{Size: 10, ETag: `"a"`}
	for _, tc := range []struct {
		name     string
		known    wrapper.Info
		fields   http.Header
		redirect bool
	}{
		{"range", wrapper.Info{}, http.Header{"Range": {"bytes=0-4"}}, true},
		{"range, known metadata", known, http.Header{"Range": {"bytes=0-4"}}, true},
		{"several ranges", wrapper.Info{}, http.Header{"Range": {"bytes=0-4,6-7"}}, false},
		{"unusual range", wrapper.Info{}, http.Header{"Range": {"bytes=,0-4"}}, false},
		{"If-Range", wrapper.Info{}, http.Header{"Range": {"bytes=0-4"}, "If-Range": {`"a"`}}, false},
		{"If-Range without Range", wrapper.Info{}, http.Header{"If-Range": {`"a"`}}, true},
		{"not modified, unknown metadata", wrapper.Info{}, http.Header{"If-None-Match": {`"a"`}}, true},
		{"not modified", known, http.Header{"If-None-Match": {`"a"`}}, false},
		{"modified", known, http.Header{"If-None-Match": {`"b"`}}, true},
		{"failed", known, http.Header{"If-Match": {`"b"`}}, false},
		{"beyond the end", known, http.Header{"Range": {"bytes=10-"}}, false},
	} {
		s, d := signedObject("public/k", signsAs("https://s/k"))
		d.File = d.File.WithInfo(tc.known)
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header = tc.fields
		to, err := new(proxy.Presign).Optimize(r, d)
		require.NoError(t, err, tc.name)
		assert.Equal(t, tc.redirect, to != nil, tc.name)
		assert.Equal(t, tc.redirect, s.count.Load() == 1, tc.name)
		to, err = cdn().Optimize(r, d)
		require.NoError(t, err, tc.name)
		assert.Equal(t, tc.redirect, to != nil, "CDN, %s", tc.name)
	}
}

// PS9, PS12, PS28, PS29: the client's query has no effect on the signed header fields and version.
func TestHeaderFieldsAndVersionAreSigned(t *testing.T) {
	t.Parallel()
	s, d := signedObject("dir/k.html", signsAs("https://s/k"))
	d.File = d.File.WithInfo(wrapper.Info{Size: 3, Version: "v1"})
	_, err := new(proxy.Presign).Optimize(httptest.NewRequest(http.MethodGet, "/?response-content-type=text/html", http.NoBody), d)
	require.NoError(t, err)
	assert.Equal(t, `attachment; filename="k.html"`, s.last.ContentDisposition)
	assert.Equal(t, "text/html; charset=utf-8", s.last.ContentType)
	assert.Equal(t, "private, no-cache", s.last.CacheControl)
	assert.Equal(t, "v1", s.last.Version)
	assert.Equal(t, 10*time.Minute, s.last.Expiry)
}

// PS2, PS4, PS5, PS29.
func TestNothingIsCachedLongerThanItsSignature(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	short := "https://s/k?X-Amz-Date=20260102T030400Z&X-Amz-Expires=60"
	for _, tc := range []struct {
		name, url string
		maxAge    time.Duration
		want      string // Cache-Control; "" for an error
	}{
		{"default", "https://s/k", 0, "no-store"},
		{"cached", "https://s/k", time.Minute, "private, max-age=60"},
		{"credentials expire first", short, 2 * time.Minute, "private, max-age=55"},
		{"credentials have expired", strings.Replace(short, "=60", "=1", 1), 0, ""},
		{"Azure", "https://s/k?se=2026-01-02T03%3A04%3A30Z", time.Minute, "private, max-age=25"},
		{"Google", "https://s/k?X-Goog-Date=20260102T030400Z&X-Goog-Expires=30", time.Minute, "private, max-age=25"},
	} {
		_, d := signedObject("k", signsAs(tc.url))
		p := &proxy.Presign{Lifetime: proxy.Lifetime{Now: func() time.Time { return now }}, MaxAge: tc.maxAge}
		to, err := p.Optimize(getRequest, d)
		if tc.want == "" {
			require.Error(t, err, tc.name)
			continue
		}
		require.NoError(t, err, tc.name)
		assert.Equal(t, tc.want, to.Header.Get("Cache-Control"), tc.name)
	}
	for in, want := range map[string]string{
		"public, max-age=14400":                 "public, max-age=300",
		"public, max-age=60, s-maxage=\"9999\"": "public, max-age=60, s-maxage=300",
		"no-store":                              "no-store",
		"private, no-cache":                     "private, no-cache",
		"public":                                "public, max-age=300", // else caches use a heuristic
		"private, ":                             "private, max-age=300",
		"public, s-maxage=60":                   "public, s-maxage=60, max-age=300",
		`no-cache="Set-Cookie"`:                 `no-cache="Set-Cookie", max-age=300`,
		"max-age, public":                       "max-age=0, public", // invalid, hence stale
		"max-age=9, stale-while-revalidate=900": "max-age=9",
		"public, Stale-If-Error=900":            "public, max-age=300",
	} {
		s, d := signedObject("k", signsAs("https://s/k"))
		d.Header = http.Header{"Cache-Control": {in}}
		_, err := new(proxy.Presign).Optimize(getRequest, d)
		require.NoError(t, err)
		assert.Equal(t, want, s.last.CacheControl)
		assert.EqualValues(t, 1, s.count.Load())
	}
	// Credentials that expire earlier leave less to a URL that is sent last in its window, 03:00 to 03:05.
	for in, want := range map[string]map[string]string{
		"public, max-age=14400, s-maxage=9": {"60": "public, no-cache", "120": "public, max-age=60, s-maxage=9", "3600": "public, max-age=300, s-maxage=9"},
		"private, no-cache":                 {"60": "private, no-cache", "120": "private, no-cache", "3600": "private, no-cache"},
		"no-store":                          {"60": "no-store", "120": "no-store", "3600": "no-store"},
	} {
		for life, want := range want {
			s, d := signedObject("k", signsAs(strings.Replace(short, "=60", "="+life, 1)))
			d.Header = http.Header{"Cache-Control": {in}}
			_, err := (&proxy.Presign{Lifetime: proxy.Lifetime{Now: func() time.Time { return now }}}).Optimize(getRequest, d)
			require.NoError(t, err)
			assert.Equal(t, want, s.last.CacheControl, "%s, %s s", in, life)
		}
	}
}

// No shared cache stores a download with a permission check or a cookie.
func TestCacheControlOfTheDownloadIsSigned(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		set, want string
		view      func(blobdownload.View) blobdownload.View
	}{
		{"", "private, no-cache", func(v blobdownload.View) blobdownload.View { return v }},
		{"public, max-age=60", "public, max-age=60", func(v blobdownload.View) blobdownload.View { return v }},
		{"public, max-age=60, s-maxage=60", "private, max-age=60", func(v blobdownload.View) blobdownload.View {
			return v.Authorized(func(*http.Request) error { return nil })
		}},
		{"public, max-age=60", "private, max-age=60", func(v blobdownload.View) blobdownload.View {
			return v.With(func(_ *http.Request, d *blobdownload.Download) error {
				d.Header.Set("Set-Cookie", "a=b")
				return nil
			})
		}},
	} {
		s, d := signedObject("k", signsAs("https://s/k"))
		d.Header = http.Header{}
		if tc.set != "" {
			d.Header.Set("Cache-Control", tc.set)
		}
		got, err := tc.view(func(*http.Request) (*blobdownload.Download, error) { return d, nil })(getRequest)
		require.NoError(t, err)
		_, err = new(proxy.Presign).Optimize(getRequest, got)
		require.NoError(t, err)
		assert.Equal(t, tc.want, s.last.CacheControl)
	}
}

func TestStorageThatCannotSignIsLoggedOnceAndStreamed(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	p := &proxy.Presign{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for range 3 {
		to, err := p.Optimize(getRequest, object("docs", "k"))
		require.NoError(t, err)
		assert.Nil(t, to)
	}
	assert.Equal(t, 1, strings.Count(log.String(), "cannot sign"))
	_, d := signedObject("k", func(wrapper.SignOptions) (string, error) { return "", errors.New("broken") })
	_, err := p.Optimize(getRequest, d)
	require.Error(t, err, "the server logs any other error")
}

// A cached URL is not signed again and costs few allocations.
func TestURLIsCachedForItsWindow(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	p := &proxy.Presign{Lifetime: proxy.Lifetime{Now: func() time.Time { return now }}}
	s, d := signedObject("k.txt", func(o wrapper.SignOptions) (string, error) { return "https://s/k?at=" + o.At.Format("150405"), nil })
	first, err := p.Optimize(getRequest, d)
	require.NoError(t, err)
	allocs := testing.AllocsPerRun(100, func() {
		to, err := p.Optimize(getRequest, d)
		if err != nil || to.Header.Get("Location") != first.Header.Get("Location") {
			t.Fail()
		}
	})
	assert.LessOrEqual(t, allocs, 12.0)
	t.Logf("%v allocations", allocs)
	assert.EqualValues(t, 1, s.count.Load())

	inline := *d
	inline.Inline = true
	for _, other := range []*blobdownload.Download{
		{File: d.File, Filename: "other"}, {File: d.File, ContentType: "a/b"}, &inline, {File: d.File.WithInfo(wrapper.Info{Version: "2"})},
		{File: d.File.WithStore("elsewhere")}, {File: d.File, Header: http.Header{"Cache-Control": {"no-store"}}},
	} {
		before := s.count.Load()
		_, err := p.Optimize(getRequest, other)
		require.NoError(t, err)
		assert.Equal(t, before+1, s.count.Load(), "another URL")
	}
	now = now.Add(10 * time.Minute)
	next, err := p.Optimize(getRequest, d)
	require.NoError(t, err)
	assert.NotEqual(t, first.Header.Get("Location"), next.Header.Get("Location"))
}

// Reading metadata of a local file costs no request. The server responds 404 for a missing file.
func TestLocalFilesAreSignedWithTheirStoredMediaType(t *testing.T) {
	t.Parallel()
	b, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k.txt", []byte("x"), &blob.WriterOptions{ContentType: "text/csv"}))
	s := &signingSource{sign: signsAs("https://s/k")}
	for key, signed := range map[string]string{"k.txt": "text/csv; charset=utf-8", "none.txt": ""} {
		s.last = wrapper.SignOptions{}
		to, err := new(proxy.Presign).Optimize(getRequest, &blobdownload.Download{File: wrapper.Blob(b, key).WithStore("docs").WithSigner(s)})
		require.NoError(t, err)
		assert.Equal(t, signed != "", to != nil, key)
		assert.Equal(t, signed, s.last.ContentType, key)
	}
}
