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

// signing signs by a function, and counts.
type signing struct {
	located
	sign  func(wrapper.SignOptions) (string, error)
	count atomic.Int32
	last  wrapper.SignOptions
}

func (s *signing) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	s.count.Add(1)
	s.last = o
	return s.sign(o)
}

func signingObject(key string, sign func(wrapper.SignOptions) (string, error)) (*signing, *blobdownload.Download) {
	s := &signing{located: located{key: key}, sign: sign}
	return s, &blobdownload.Download{File: wrapper.New(key, s).WithStore("docs")}
}

func signs(u string) func(wrapper.SignOptions) (string, error) {
	return func(wrapper.SignOptions) (string, error) { return u, nil }
}

var getRequest = httptest.NewRequest(http.MethodGet, "/", http.NoBody)

// PS21, PS32: only an absolute https URL with one of the allowed hosts leaves.
func TestOpenRedirect(t *testing.T) {
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
		_, d := signingObject("k", signs(u))
		to, err := p.Optimize(getRequest, d)
		if ok {
			require.NoError(t, err, u)
			assert.Equal(t, u, to.Header.Get("Location"))
		} else {
			require.Error(t, err, u)
			assert.Nil(t, to, u)
		}
	}
	_, d := signingObject("k", signs("http://anywhere/k"))
	to, err := (&proxy.Presign{AllowHTTP: true}).Optimize(getRequest, d)
	require.NoError(t, err)
	assert.NotNil(t, to)
}

// PS16: a key that a client would change in the Location is streamed.
func TestDotSegmentsAreNotRedirected(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a/./b", "..", "a/..", ".", ""} {
		s, d := signingObject(key, signs("https://s/k"))
		to, err := new(proxy.Presign).Optimize(getRequest, d)
		require.NoError(t, err)
		assert.Nil(t, to, key)
		assert.Zero(t, s.count.Load())
	}
}

// PS1, PS26: only a GET is redirected.
func TestOnlyGetIsRedirected(t *testing.T) {
	t.Parallel()
	_, d := signingObject("k", signs("https://s/k"))
	for _, o := range []blobdownload.Optimizer{new(proxy.Presign), &proxy.XAccelPresigned{Location: "/_url"}} {
		to, err := o.Optimize(httptest.NewRequest(http.MethodHead, "/", http.NoBody), d)
		require.NoError(t, err)
		assert.Nil(t, to)
	}
}

// PS8, PS24: what goes on by If-Range is streamed, since stores send a part whatever If-Range says; and what known
// facts decide is not signed.
func TestWhatNoStoreDecidesRightIsNotRedirected(t *testing.T) {
	t.Parallel()
	known := wrapper.Info{Size: 10, ETag: `"a"`}
	for _, tc := range []struct {
		name     string
		known    wrapper.Info
		fields   http.Header
		redirect bool
	}{
		{"range", wrapper.Info{}, http.Header{"Range": {"bytes=0-4"}}, true},
		{"range of a known file", known, http.Header{"Range": {"bytes=0-4"}}, true},
		{"several ranges", wrapper.Info{}, http.Header{"Range": {"bytes=0-4,6-7"}}, false},
		{"odd range", wrapper.Info{}, http.Header{"Range": {"bytes=,0-4"}}, false},
		{"If-Range", wrapper.Info{}, http.Header{"Range": {"bytes=0-4"}, "If-Range": {`"a"`}}, false},
		{"If-Range without Range", wrapper.Info{}, http.Header{"If-Range": {`"a"`}}, true},
		{"not modified, unknown", wrapper.Info{}, http.Header{"If-None-Match": {`"a"`}}, true},
		{"not modified", known, http.Header{"If-None-Match": {`"a"`}}, false},
		{"modified", known, http.Header{"If-None-Match": {`"b"`}}, true},
		{"failed", known, http.Header{"If-Match": {`"b"`}}, false},
		{"beyond the end", known, http.Header{"Range": {"bytes=10-"}}, false},
	} {
		s, d := signingObject("public/k", signs("https://s/k"))
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

// PS9, PS12, PS28, PS29: what is signed in is the server's, always, with the version where it is known, for Expiry and
// one Window: 5 minutes each unless more is asked for.
func TestWhatIsSigned(t *testing.T) {
	t.Parallel()
	s, d := signingObject("dir/k.html", signs("https://s/k"))
	d.File = d.File.WithInfo(wrapper.Info{Size: 3, Version: "v1"})
	_, err := new(proxy.Presign).Optimize(httptest.NewRequest(http.MethodGet, "/?response-content-type=text/html", http.NoBody), d)
	require.NoError(t, err)
	assert.Equal(t, `attachment; filename="k.html"`, s.last.ContentDisposition)
	assert.Equal(t, "text/html; charset=utf-8", s.last.ContentType)
	assert.Equal(t, "private, no-cache", s.last.CacheControl)
	assert.Equal(t, "v1", s.last.Version)
	assert.Equal(t, 10*time.Minute, s.last.Expiry)
}

// PS2, PS4, PS5, PS29: nothing is kept longer than its signature.
func TestLifetimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	short := "https://s/k?X-Amz-Date=20260102T030400Z&X-Amz-Expires=60"
	for _, tc := range []struct {
		name, url string
		maxAge    time.Duration
		want      string // Cache-Control; "" for an error
	}{
		{"default", "https://s/k", 0, "no-store"},
		{"kept", "https://s/k", time.Minute, "private, max-age=60"},
		{"credentials expire first", short, 2 * time.Minute, "private, max-age=55"},
		{"credentials have expired", strings.Replace(short, "=60", "=1", 1), 0, ""},
		{"Azure", "https://s/k?se=2026-01-02T03%3A04%3A30Z", time.Minute, "private, max-age=25"},
		{"Google", "https://s/k?X-Goog-Date=20260102T030400Z&X-Goog-Expires=30", time.Minute, "private, max-age=25"},
	} {
		_, d := signingObject("k", signs(tc.url))
		p := &proxy.Presign{MaxAge: tc.maxAge, Now: func() time.Time { return now }}
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
		"public":                                "public, max-age=300", // else for as long as a cache thinks fit
		"private, ":                             "private, max-age=300",
		"public, s-maxage=60":                   "public, s-maxage=60, max-age=300",
		`no-cache="Set-Cookie"`:                 `no-cache="Set-Cookie", max-age=300`,
		"max-age, public":                       "max-age=300, public",
		"max-age=9, stale-while-revalidate=900": "max-age=9",
		"public, Stale-If-Error=900":            "public, max-age=300",
	} {
		s, d := signingObject("k", signs("https://s/k"))
		d.Header = http.Header{"Cache-Control": {in}}
		_, err := new(proxy.Presign).Optimize(getRequest, d)
		require.NoError(t, err)
		assert.Equal(t, want, s.last.CacheControl)
		assert.EqualValues(t, 1, s.count.Load())
	}
	// Credentials that end before: what is left to a URL that is sent last in its window of 03:00 to 03:05.
	for in, want := range map[string]map[string]string{
		"public, max-age=14400, s-maxage=9": {"60": "public, no-cache", "120": "public, max-age=60, s-maxage=9", "3600": "public, max-age=300, s-maxage=9"},
		"private, no-cache":                 {"60": "private, no-cache", "120": "private, no-cache", "3600": "private, no-cache"},
		"no-store":                          {"60": "no-store", "120": "no-store", "3600": "no-store"},
	} {
		for life, want := range want {
			s, d := signingObject("k", signs(strings.Replace(short, "=60", "="+life, 1)))
			d.Header = http.Header{"Cache-Control": {in}}
			_, err := (&proxy.Presign{Now: func() time.Time { return now }}).Optimize(getRequest, d)
			require.NoError(t, err)
			assert.Equal(t, want, s.last.CacheControl, "%s, %s s", in, life)
		}
	}
}

// What a check let through is for one client, whoever sends it: no shared cache keeps it.
func TestSignedCacheControlIsTheDownloads(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		given, want string
		view        func(blobdownload.View) blobdownload.View
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
		s, d := signingObject("k", signs("https://s/k"))
		d.Header = http.Header{}
		if tc.given != "" {
			d.Header.Set("Cache-Control", tc.given)
		}
		got, err := tc.view(func(*http.Request) (*blobdownload.Download, error) { return d, nil })(getRequest)
		require.NoError(t, err)
		_, err = new(proxy.Presign).Optimize(getRequest, got)
		require.NoError(t, err)
		assert.Equal(t, tc.want, s.last.CacheControl)
	}
}

// The reason why a storage cannot sign is told once, and downloads are streamed.
func TestCannotSign(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	p := &proxy.Presign{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for range 3 {
		to, err := p.Optimize(getRequest, object("docs", "k"))
		require.NoError(t, err)
		assert.Nil(t, to)
	}
	assert.Equal(t, 1, strings.Count(log.String(), "cannot sign"))
	_, d := signingObject("k", func(wrapper.SignOptions) (string, error) { return "", errors.New("broken") })
	_, err := p.Optimize(getRequest, d)
	require.Error(t, err, "anything else is the server's to log")
}

// A URL from the window's cache signs nothing and allocates little.
func TestCachedURL(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	p := &proxy.Presign{Now: func() time.Time { return now }}
	s, d := signingObject("k.txt", func(o wrapper.SignOptions) (string, error) { return "https://s/k?at=" + o.At.Format("150405"), nil })
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

// What lies here is looked at, which asks no storage: it is signed by the type that is stored with it, and what is
// missing is left to the server to say.
func TestLocalFilesAreSignedByTheirStoredType(t *testing.T) {
	t.Parallel()
	b, err := fileblob.OpenBucket(t.TempDir(), &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k.txt", []byte("x"), &blob.WriterOptions{ContentType: "text/csv"}))
	s := &signing{sign: signs("https://s/k")}
	for key, signed := range map[string]string{"k.txt": "text/csv; charset=utf-8", "none.txt": ""} {
		s.last = wrapper.SignOptions{}
		to, err := new(proxy.Presign).Optimize(getRequest, &blobdownload.Download{File: wrapper.Blob(b, key).WithStore("docs").WithSigner(s)})
		require.NoError(t, err)
		assert.Equal(t, signed != "", to != nil, key)
		assert.Equal(t, signed, s.last.ContentType, key)
	}
}
