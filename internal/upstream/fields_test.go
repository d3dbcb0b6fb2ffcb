package upstream_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

func TestParseRange(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]struct {
		off, n int64
		ok     bool
	}{
		"bytes=5-9":  {5, 5, true},
		"bytes=5-5":  {5, 1, true},
		"bytes=5-":   {5, -1, true},
		"bytes=-5":   {-5, -1, true},
		"bytes= 5-9": {5, 5, true},
		"bytes=9-5":  {},
		"bytes=-":    {},
		"bytes=a-b":  {},
		"bytes=5":    {},
		"":           {},
	} {
		off, n, err := upstream.ParseRange(field)
		assert.Equal(t, want.ok, err == nil, "%q: %v", field, err)
		assert.Equal(t, [2]int64{want.off, want.n}, [2]int64{off, n}, "%q", field)
	}
}

func TestRequestPassesOnWhatStoresEvaluate(t *testing.T) {
	t.Parallel()
	base := url.URL{Scheme: "https", Host: "store.example", Path: "/bucket/"}
	r := upstream.NewRequest(t.Context(), http.MethodGet, &base)
	r.URL.Path += "key"
	r.PassOn(http.Header{
		"Range": {"bytes=1-2"}, "If-Match": {`"a"`}, "If-Range": {`"b"`}, "Cookie": {"c"},
		"If-Modified-Since":   {"not a date"},
		"If-Unmodified-Since": {"Sunday, 06-Nov-94 08:49:37 GMT"}, // RFC 850
	})
	r.Set("X-Empty", "")
	var sent *http.Request
	_, err := r.Send(func(out *http.Request) (*http.Response, error) {
		sent = out
		return nil, &url.Error{Op: "Get", URL: "https://store.example/?sig=secret", Err: http.ErrHandlerTimeout}
	})
	assert.Equal(t, http.ErrHandlerTimeout, err, "the URL may have a signature")
	require.NotNil(t, sent)
	assert.Equal(t, "https://store.example/bucket/key", sent.URL.String())
	assert.Equal(t, "/bucket/", base.Path, "the base is shared by all requests")
	assert.Equal(t, http.Header{
		"Range": {"bytes=1-2"}, "If-Match": {`"a"`}, "If-Unmodified-Since": {"Sun, 06 Nov 1994 08:49:37 GMT"},
	}, sent.Header)
}

// A request has room for maxFields; more are kept as well.
func TestRequestHoldsAnyNumberOfFields(t *testing.T) {
	t.Parallel()
	r := upstream.NewRequest(t.Context(), http.MethodGet, &url.URL{})
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"}
	for _, name := range names {
		r.Set(name, name+"1")
	}
	for _, name := range names {
		assert.Equal(t, []string{name + "1"}, r.Header[name])
	}
}
