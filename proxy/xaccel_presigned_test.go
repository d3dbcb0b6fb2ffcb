package proxy_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestXAccelPresignedForwardsOnlyPlainRanges(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]struct{ store, cache bool }{
		"bytes=0-4":                    {true, true},
		"bytes=-4":                     {true, true},
		"bytes=0-4,6-7":                {false, true},
		"bytes=,0-4":                   {false, false},
		"bytes=0-99999999999999999999": {false, false},
	} {
		for whole, offloaded := range map[bool]bool{false: want.store, true: want.cache} {
			_, d := signedObject("k", signsAs("https://s/k"))
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.Header.Set("Range", field)
			to, err := (&proxy.XAccelPresigned{Location: "/_url", WholeOnly: whole}).Optimize(r, d)
			require.NoError(t, err)
			require.Equal(t, offloaded, to != nil, field)
			if offloaded {
				assert.Equal(t, !whole, to.Header.Get("X-Blob-Range") == field, field)
			}
		}
	}
}

// typedSource signs, and has another media type than its name suggests.
type typedSource struct{ signingSource }

func (*typedSource) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: 10, ETag: `"a"`, ContentType: "text/csv", Version: "v7"}, nil
}

// Metadata that is requested for a precondition changes neither the header fields nor the URL.
func TestXAccelPresignedIgnoresPreconditionsInURLs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		fields  http.Header
		whole   bool
		version string // signed
		status  int
	}{
		{"plain", nil, false, "", 200},
		{"Range", http.Header{"Range": {"bytes=0-4"}}, false, "", 200},
		{"If-None-Match of another", http.Header{"If-None-Match": {`"x"`}}, false, "", 200},
		{"If-Modified-Since", http.Header{"If-Modified-Since": {"Mon, 02 Jan 2006 15:04:05 GMT"}}, false, "", 200},
		{"If-Range of another", http.Header{"If-Range": {`"x"`}, "Range": {"bytes=0-4"}}, false, "v7", 200},
		{"If-Range", http.Header{"If-Range": {`"a"`}, "Range": {"bytes=0-4"}}, false, "v7", 200},
		{"If-Range, evaluated by nginx", http.Header{"If-Range": {`"a"`}, "Range": {"bytes=0-4"}}, true, "", 200},
		{"If-None-Match", http.Header{"If-None-Match": {`"a"`}}, false, "", 304},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := &typedSource{signingSource: signingSource{locatedSource: locatedSource{key: "k.txt"}, sign: signsAs("https://s/k")}}
			server := blobdownload.Server{Optimizer: &proxy.XAccelPresigned{Location: "/_url", WholeOnly: tc.whole}}
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			if tc.fields != nil {
				r.Header = tc.fields
			}
			require.NoError(t, server.Serve(w, r, &blobdownload.Download{File: wrapper.New("k.txt", s).WithStore("docs")}))
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, "text/plain; charset=utf-8", s.last.ContentType, "signed")
			assert.Equal(t, tc.version, s.last.Version, "signed")
			if tc.status == http.StatusOK {
				assert.NotEmpty(t, w.Header().Get("X-Accel-Redirect"))
				assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
			}
		})
	}
	s := &typedSource{signingSource: signingSource{locatedSource: locatedSource{key: "k.txt"}, sign: signsAs("https://s/k")}}
	app := &proxy.XAccelPresigned{Location: "/_url", Validators: blobdownload.AppValidators}
	_, err := app.Optimize(getRequest, &blobdownload.Download{File: wrapper.New("k.txt", s).WithStore("docs")})
	require.NoError(t, err)
	assert.Equal(t, "text/csv; charset=utf-8", s.last.ContentType, "application validators use the stored media type")
	assert.Equal(t, "v7", s.last.Version)
}

func TestXAccelPresignedRequestsNothingForStreamedDownloads(t *testing.T) {
	t.Parallel()
	for _, fields := range []http.Header{
		{"If-Match": {`"a"`}}, {"If-Unmodified-Since": {"Mon, 02 Jan 2006 15:04:05 GMT"}}, {"If-None-Match": {`"a"`, `"b"`}},
		{"If-Range": {`"a"`, `"b"`}, "Range": {"bytes=0-4"}}, {"Range": {"bytes=0-4", "bytes=0-4"}},
	} {
		s, d := signedObject("k", signsAs("https://s/k")) // Stat panics
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header = fields
		to, err := (&proxy.XAccelPresigned{Location: "/_url"}).Optimize(r, d)
		require.NoError(t, err)
		assert.Nil(t, to, "%v", fields)
		assert.Zero(t, s.count.Load(), "%v", fields)
	}
}
