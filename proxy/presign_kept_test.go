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

// A redirect that a browser keeps is not for a download that goes on by If-Range, which no store obeys.
func TestKeptRedirectIsNotForAPart(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		maxAge time.Duration
		given  string
		want   []string
	}{
		{"not kept", 0, "", nil},
		{"kept", time.Minute, "", []string{"Cookie, Range, If-Range"}},
		{"the application's own", time.Minute, "Origin", []string{"Cookie, Origin, Range, If-Range"}},
		{"already there", time.Minute, "if-range", []string{"Cookie, if-range, Range"}},
	} {
		_, d := signingObject("k", signs("https://s/k"))
		if tc.given != "" {
			d.Header = http.Header{"Vary": {tc.given}}
		}
		w := httptest.NewRecorder()
		if tc.want != nil {
			w.Header().Set("Vary", "Cookie") // of a middleware
		}
		server := blobdownload.Server{Optimizer: &proxy.Presign{MaxAge: tc.maxAge}}
		require.NoError(t, server.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody), d), tc.name)
		assert.Equal(t, http.StatusFound, w.Code, tc.name)
		assert.Equal(t, tc.want, w.Header()["Vary"], tc.name)
	}
}
