package proxy_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// object is a download of a storage whose metadata and content must not be requested.
func object(store, key string) *blobdownload.Download {
	return &blobdownload.Download{File: wrapper.New(key, locatedSource{key: key}).WithStore(store)}
}

type locatedSource struct {
	wrapper.Source // nil: every request panics
	key            string
}

func (l locatedSource) Location() wrapper.Location { return wrapper.Location{Bucket: "b", Key: l.key} }

// redirected returns the value of a field of the redirect for a key, or "" if there is no redirect.
func redirected(t *testing.T, o blobdownload.Optimizer, store, key, field string, r *http.Request) string {
	t.Helper()
	if r == nil {
		r = httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	}
	to, err := o.Optimize(r, object(store, key))
	require.NoError(t, err)
	if to == nil {
		return ""
	}
	require.Len(t, to.Header.Values(field), 1)
	return to.Header.Get(field)
}

func TestXAccelEscapesNames(t *testing.T) {
	t.Parallel()
	plain := &proxy.XAccel{Mounts: []proxy.Mount{
		{Store: "docs", Prefix: "public/", Location: "/_public/"}, {Store: "docs", Prefix: "srv/files/", Location: "/_srv/"}, {Store: "pics", Location: "/_pics/"},
	}}
	fileBlob := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "pics", Location: "/_pics/", Keys: proxy.FileBlobKeys}}}
	for _, tc := range []struct {
		id, store, key string
		plain          string
		fileBlob       string // "=" means the same as plain
	}{
		{"plain", "pics", "a/b.png", "/_pics/a/b.png", "="},
		{"mount", "docs", "public/a.txt", "/_public/a.txt", ""},
		{"another store", "none", "a", "", ""},
		{"XA12", "pics", "a?b.txt", "/_pics/a%3Fb.txt", "="},
		{"XA13", "pics", `#;&=:~'"+\é`, "/_pics/%23%3B&=:~%27%22+%5C%C3%A9", "="},
		{"XA13 percent, D13", "pics", "pct%41 a%20b", "/_pics/pct%2541%20a%2520b", "="},
		{"XA13 newline", "pics", "new\nline", "", "/_pics/new__0xa__line"},
		{"XA13 not UTF-8", "pics", "a\xffb", "", ""},
		{"XA13 DEL", "pics", "a\x7fb", "", "/_pics/a%7Fb"},
		{"XA14", "pics", "tsp ", "/_pics/tsp%20", "="},
		{"XA16 dots, D11", "pics", "../s", "", "/_pics/..__0x2f__s"},
		{"XA16 inner dots", "docs", "public/../s", "", ""},
		{"XA16 dot", "pics", "a/./s", "", ""},
		{"XA16 end", "pics", "a/..", "", ""},
		{"XA16 escaped", "pics", "%2e%2e/s", "/_pics/%252e%252e/s", "="},
		{"XA17 hidden", "pics", "..hidden", "/_pics/..hidden", "="},
		{"XA17 three", "pics", "...", "/_pics/...", "="},
		{"XA17 inside", "pics", "a..b", "/_pics/a..b", "="},
		{"XA18", "pics", "ok.txt\x00.png", "", "/_pics/ok.txt__0x0__.png"},
		{"XA20", "pics", "@named", "/_pics/@named", "="},
		{"XA21 absolute", "pics", "/admin/x", "", ""},
		{"XA21 two slashes", "pics", "//admin", "", "="},
		{"XA21 empty", "pics", "", "", ""},
		{"XA22 the prefix alone", "docs", "public/", "", ""},
		{"XA25, D11", "docs", "srv/files-private/x", "", ""},
		{"XA25 inside", "docs", "srv/files/x", "/_srv/x", ""},
		{"XA26", "docs", "srv/Files/x", "", ""},
		{"XA40 reads as an escape", "pics", "k__0x41__l", "", "/_pics/k__0x5f___0x41__l"},
		{"XA40 not escaped", "pics", "k__0xzz__l", "/_pics/k__0xzz__l", "="},
		{"XA40 slashes", "pics", "u//v", "", "/_pics/u/__0x2f__v"},
		{"XA40 end", "pics", "w/", "", "/_pics/w__0x2f__"},
		{"XA40 control", "pics", "c\x01d", "", "/_pics/c__0x1__d"},
		{"XA41", "pics", "x.attrs", "", ""},
		{"long name", "pics", strings.Repeat("n", 256), "", ""},
		{"longest name", "pics", strings.Repeat("n", 255), "/_pics/" + strings.Repeat("n", 255), "="},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.plain, redirected(t, plain, tc.store, tc.key, "X-Accel-Redirect", nil))
			want := tc.fileBlob
			if want == "=" {
				want = tc.plain
			}
			if tc.store == "pics" { // the only store of fileBlob
				assert.Equal(t, want, redirected(t, fileBlob, tc.store, tc.key, "X-Accel-Redirect", nil))
			}
		})
	}
}

// XA1, XA2: no field of a request changes the configuration.
func TestOptimizersIgnoreFieldsOfTheRequest(t *testing.T) {
	t.Parallel()
	o := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	for _, fields := range []http.Header{
		{"X-Sendfile-Type": {"X-Accel-Redirect"}, "X-Accel-Mapping": {"/=/admin/"}},
		{"X-Accel-Mapping": {".*=/protected/secret.txt"}},
		{"X-Accel-Redirect": {"/etc/passwd"}, "X-Sendfile": {"/etc/passwd"}},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header = fields
		assert.Equal(t, "/_files/k", redirected(t, o, "docs", "k", "X-Accel-Redirect", r))
		assert.Empty(t, redirected(t, o, "other", "k", "X-Accel-Redirect", r))
	}
}

// XA48, D9, D10.
func TestHintsAreSentOnlyIfSet(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	mounts := []proxy.Mount{{Store: "docs", Location: "/_files/"}}
	for name, tc := range map[string]struct {
		hints    proxy.NginxHints
		want     http.Header
		streamed http.Header
	}{
		"none": {proxy.NginxHints{}, http.Header{}, nil},
		"all": {proxy.NginxHints{Buffering: new(false), LimitRate: 262144, Expires: 25 * time.Hour, Charset: "utf-8"}, http.Header{
			"X-Accel-Limit-Rate": {"262144"}, "X-Accel-Expires": {"90000"}, "X-Accel-Charset": {"utf-8"},
		}, http.Header{"X-Accel-Buffering": {"no"}, "X-Accel-Limit-Rate": {"262144"}}},
		"not cached": {proxy.NginxHints{Expires: -1}, http.Header{"X-Accel-Expires": {"0"}}, http.Header{}},
	} {
		to, err := (&proxy.XAccel{Mounts: mounts, NginxHints: tc.hints}).Optimize(r, object("docs", "k"))
		require.NoError(t, err)
		tc.want["X-Accel-Redirect"] = []string{"/_files/k"}
		assert.Equal(t, tc.want, to.Header, name)
		assert.Equal(t, tc.streamed, to.StreamedHeader, name)
	}
}

// tenBytes is content of ten bytes under the key "k".
type tenBytes struct{}

func (tenBytes) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: 10, ETag: `"k"`}, nil
}
func (tenBytes) Location() wrapper.Location { return wrapper.Location{Bucket: "b", Key: "k"} }

func (tenBytes) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("0123456789"[off : off+n])), nil
}

// A client cannot avoid the limit with a Range that is streamed.
func TestHintsApplyToStreamedDownloads(t *testing.T) {
	t.Parallel()
	x := &proxy.XAccel{
		Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}, Validators: blobdownload.AppValidators,
		NginxHints: proxy.NginxHints{Buffering: new(false), LimitRate: 262144},
	}
	h := (&blobdownload.Server{Optimizer: x}).Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: wrapper.New("k", tenBytes{}).WithStore("docs")}, nil
	})
	for field, streamed := range map[string]bool{"bytes=0-4": false, "bytes=,0-4": true} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Range", field)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, streamed, w.Header().Get("X-Accel-Redirect") == "", field)
		assert.Equal(t, "262144", w.Header().Get("X-Accel-Limit-Rate"), field)
		assert.Equal(t, streamed, w.Header().Get("X-Accel-Buffering") == "no", field)
	}
}

func FuzzXAccelEscapesNames(f *testing.F) {
	for _, key := range []string{"a b", "a%20b", "../x", "a//b", "é", "a\nb", "?", "x/..", "__0x2f__", "a.attrs", "\x00", "d../x"} {
		f.Add(key)
	}
	o := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "s", Location: "/_files/"}}}
	blobs := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "s", Location: "/_files/", Keys: proxy.FileBlobKeys}}}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	f.Fuzz(func(t *testing.T, key string) {
		for _, x := range []*proxy.XAccel{o, blobs} {
			to, err := x.Optimize(r, object("s", key))
			require.NoError(t, err)
			if to == nil {
				continue
			}
			value := to.Header.Get("X-Accel-Redirect")
			rest, ok := strings.CutPrefix(value, "/_files/")
			require.True(t, ok, value)
			require.False(t, strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '?' || c == '#' }), value)
			decoded, err := url.PathUnescape(rest)
			require.NoError(t, err)
			for s := range strings.SplitSeq(decoded, "/") {
				require.NotContains(t, []string{"", ".", ".."}, s)
			}
			require.True(t, utf8.ValidString(decoded))
			if x == o {
				require.Equal(t, key, decoded)
			}
		}
	})
}
