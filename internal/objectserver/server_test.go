package objectserver_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/objectserver"
)

// Preconditions and ranges have the responses of net/http.
func TestServesAsNetHTTPDoes(t *testing.T) {
	t.Parallel()
	modified := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o := &objectserver.Object{Content: []byte("0123456789"), ETag: `"x"`, Modified: modified, Header: http.Header{"Content-Type": {"text/plain"}}}
	s := (&objectserver.Server{
		Key:          func(r *http.Request) string { return r.URL.Path },
		Verify:       func(*http.Request, time.Time) *objectserver.Refusal { return nil },
		Decorate:     func(http.Header, *http.Request, *objectserver.Object, int, string) {},
		SuffixRanges: true, NotFound: "NoSuchKey",
	}).Start()
	defer s.Close()
	s.Put("/k", o)
	date := modified.Format(http.TimeFormat)
	before, after := modified.Add(-time.Hour).Format(http.TimeFormat), modified.Add(time.Hour).Format(http.TimeFormat)
	for _, h := range []map[string]string{
		{},
		{"Range": "bytes=2-4"},
		{"Range": "bytes=2-"},
		{"Range": "bytes=-3"},
		{"Range": "bytes=-30"},
		{"Range": "bytes=8-20"},
		{"Range": "bytes=10-"},
		{"If-Match": `"x"`},
		{"If-Match": `"y"`},
		{"If-Match": "*"},
		{"If-None-Match": `"x"`},
		{"If-None-Match": `"y"`},
		{"If-None-Match": "*"},
		{"If-Modified-Since": date},
		{"If-Modified-Since": before},
		{"If-Modified-Since": after},
		{"If-Modified-Since": date, "If-None-Match": `"y"`},
		{"If-Unmodified-Since": date},
		{"If-Unmodified-Since": before},
		{"If-Unmodified-Since": before, "If-Match": `"x"`},
		{"If-Match": `"x"`, "Range": "bytes=0-0"},
		{"If-Match": `"y"`, "Range": "bytes=20-"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/k", http.NoBody)
		for name, value := range h {
			r.Header.Set(name, value)
		}
		got, want := httptest.NewRecorder(), httptest.NewRecorder()
		s.ServeHTTP(got, r)
		want.Header().Set("ETag", o.ETag)
		want.Header().Set("Content-Type", "text/plain")
		http.ServeContent(want, r, "k", modified, bytes.NewReader(o.Content))
		name := fmt.Sprint(h)
		assert.Equal(t, want.Code, got.Code, name)
		assert.Equal(t, want.Header().Get("Content-Range"), got.Header().Get("Content-Range"), name)
		if want.Code < 300 {
			assert.Equal(t, want.Body.String(), got.Body.String(), name)
			assert.Equal(t, want.Header().Get("Last-Modified"), got.Header().Get("Last-Modified"), name)
		}
	}
	got := httptest.NewRecorder()
	s.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/none", http.NoBody))
	assert.Equal(t, "404 <Error><Code>NoSuchKey</Code></Error>", fmt.Sprint(got.Code, " ", got.Body))
	assert.Len(t, s.Take(), 23)
	assert.Empty(t, s.Take())
}
