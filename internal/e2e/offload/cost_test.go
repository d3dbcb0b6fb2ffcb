package offload_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// An offloaded download costs a real storage no request, or one HEAD with application validators and unknown metadata.
func TestCostOfOffloading(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.put(t, "k", "0123456789", "text/plain")
	info, err := s.storage.File("k").Stat(t.Context())
	require.NoError(t, err)
	mounts := []proxy.Mount{{Store: "s3", Location: "/_files/"}}
	proxied, application := blobdownload.ProxyValidators, blobdownload.AppValidators
	lookup := []string{"HEAD -> 200"}
	for _, tc := range []struct {
		name      string
		optimizer blobdownload.Optimizer
		unknown   []string // requests to the storage without known metadata
	}{
		{"XAccel", &proxy.XAccel{Mounts: mounts, Validators: proxied}, nil},
		{"XAccel, application validators", &proxy.XAccel{Mounts: mounts, Validators: application}, lookup},
		{"XSendfile", &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "s3", Location: "/srv"}}}, lookup},
		{"XSendfile, proxy validators", &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "s3", Location: "/srv"}}, Validators: proxied, Paths: proxy.EscapedPaths}, nil},
		{"Presign", &proxy.Presign{AllowHTTP: true}, nil},
		{"Presign, application validators", &proxy.Presign{AllowHTTP: true, Validators: application}, lookup},
		{"CDN", &proxy.CDN{Mounts: []proxy.Mount{{Store: "s3", Location: "https://cdn.example/"}}, Signer: cloudCDN}, nil},
		{"XAccelPresigned", &proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true}, nil},
	} {
		for known, requests := range map[bool][]string{false: tc.unknown, true: nil} {
			app := s.handler(tc.optimizer, func(v blobdownload.View) blobdownload.View {
				return v.With(func(_ *http.Request, d *blobdownload.Download) error {
					if known {
						d.File = d.File.WithInfo(info)
					}
					return nil
				})
			})
			for _, fields := range [][2]string{{}, {"Range", "bytes=0-4"}, {"Range", "bytes=-4"}} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, urlOf("k"), http.NoBody)
				r.Header.Set(fields[0], fields[1])
				r.Header.Del("")
				s.counter.Take()
				w := httptest.NewRecorder()
				app.ServeHTTP(w, r)
				h := w.Header()
				assert.True(t, h.Get("X-Accel-Redirect") != "" || h.Get("X-Sendfile") != "" || h.Get("Location") != "", "%s is not offloaded", tc.name)
				assert.Zero(t, w.Body.Len(), tc.name)
				assert.Equal(t, strings.Join(requests, "; "), strings.Join(s.counter.Take(), "; "), "%s, known: %v, %v", tc.name, known, fields)
			}
		}
	}
}
