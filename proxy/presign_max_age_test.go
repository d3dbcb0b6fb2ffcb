package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// A browser must not use a cached redirect to resume with If-Range, which storages ignore.
func TestCachedRedirectVariesByRangeAndIfRange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		maxAge time.Duration
		vary   string // of the download
		want   []string
	}{
		{"no-store", 0, "", nil},
		{"cached", time.Minute, "", []string{"Cookie, Range, If-Range"}},
		{"Vary of the download", time.Minute, "Origin", []string{"Cookie, Origin, Range, If-Range"}},
		{"Vary has If-Range", time.Minute, "if-range", []string{"Cookie, if-range, Range"}},
	} {
		_, d := signedObject("k", signsAs("https://s/k"))
		if tc.vary != "" {
			d.Header = http.Header{"Vary": {tc.vary}}
		}
		w := httptest.NewRecorder()
		if tc.want != nil {
			w.Header().Set("Vary", "Cookie") // set by a middleware
		}
		server := blobdownload.Server{Optimizer: &proxy.Presign{MaxAge: tc.maxAge}}
		require.NoError(t, server.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody), d), tc.name)
		assert.Equal(t, http.StatusFound, w.Code, tc.name)
		assert.Equal(t, tc.want, w.Header()["Vary"], tc.name)
	}
}
