package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A proxy that ignores X-Accel-Limit-Rate gets no download with a rate.
func TestNoLimitRateOfAProxy(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte("content"), nil))
	d := &blobdownload.Download{File: wrapper.Blob(b, "k").WithStore("docs"), Rate: &blobdownload.RateLimit{PerDownload: 1 << 20}}
	for name, tt := range map[string]struct {
		hints proxy.NginxHints
		rate  string
	}{
		"nginx": {proxy.NginxHints{}, "1048576"},
		"caddy": {proxy.NginxHints{NoLimitRate: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &blobdownload.Server{Optimizer: &proxy.XAccel{
				Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}, NginxHints: tt.hints,
			}}
			w := httptest.NewRecorder()
			require.NoError(t, s.Serve(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), d))
			assert.Equal(t, tt.rate, w.Header().Get("X-Accel-Limit-Rate"))
			assert.Equal(t, tt.rate != "", w.Header().Get("X-Accel-Redirect") != "")
		})
	}
}
