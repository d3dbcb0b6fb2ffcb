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

// An offloaded download costs no request to a real storage. It costs one Stat if the application has the validators
// but not the metadata.
func TestCostOfHandingOver(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.put(t, "k", "0123456789", "text/plain")
	info, err := s.storage.File("k").Stat(t.Context())
	require.NoError(t, err)
	mounts := []proxy.Mount{{Store: "s3", Location: "/_files/"}}
	edge, application := blobdownload.ProxyValidators, blobdownload.AppValidators
	look := []string{"HEAD -> 200"}
	for _, tc := range []struct {
		name      string
		optimizer blobdownload.Optimizer
		unknown   []string // requests to the storage
	}{
		{"XAccel", &proxy.XAccel{Mounts: mounts, Validators: edge}, nil},
		{"XAccel, Application", &proxy.XAccel{Mounts: mounts, Validators: application}, look},
		{"XSendfile", &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "s3", Location: "/srv"}}}, look},
		{"XSendfile, Edge", &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "s3", Location: "/srv"}}, Validators: edge, Paths: proxy.EscapedPaths}, nil},
		{"Presign", &proxy.Presign{AllowHTTP: true}, nil},
		{"Presign, Application", &proxy.Presign{AllowHTTP: true, Validators: application}, look},
		{"CDN", &proxy.CDN{Mounts: []proxy.Mount{{Store: "s3", Location: "https://cdn.example/"}}, Signer: cloudCDN}, nil},
		{"XAccelPresigned", &proxy.XAccelPresigned{Location: "/_url", Presign: proxy.Presign{AllowHTTP: true}}, nil},
	} {
		for known, asked := range map[bool][]string{false: tc.unknown, true: nil} {
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
				assert.True(t, h.Get("X-Accel-Redirect") != "" || h.Get("X-Sendfile") != "" || h.Get("Location") != "", "%s is not handed over", tc.name)
				assert.Zero(t, w.Body.Len(), tc.name)
				assert.Equal(t, strings.Join(asked, "; "), strings.Join(s.counter.Take(), "; "), "%s, known: %v, %v", tc.name, known, fields)
			}
		}
	}
}
