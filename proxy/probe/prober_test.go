package probe_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/probe"
	"github.com/go-downloadview/downloadview/wrapper"
)

func openStorage(t *testing.T) *blobdownload.Storage {
	t.Helper()
	s := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	t.Cleanup(func() { _ = s.Bucket.Close() })
	return s
}

func start(t *testing.T, h http.Handler) string {
	t.Helper()
	app := httptest.NewServer(h)
	t.Cleanup(app.Close)
	return app.URL + "/"
}

func application(s *blobdownload.Storage, o blobdownload.Optimizer) http.Handler {
	server := blobdownload.Server{Optimizer: o}
	return server.Handler(blobdownload.StorageView(s, func(r *http.Request) string { return r.URL.Path[1:] }))
}

// The tests of internal/e2e/offload probe real proxies; these probe an application without a proxy.
func TestProberFindsTheFirstComponentThatFails(t *testing.T) {
	t.Parallel()
	xaccel := func() *proxy.XAccel { // one for each bucket: their storages share a name
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	}
	proof := http.Header{"X-Proof": {"secret"}}
	for _, tc := range []struct {
		name   string
		app    func(t *testing.T, s *blobdownload.Storage) http.Handler
		mode   probe.Mode
		header http.Header
		want   string // the first finding; "" for none
	}{
		{"streaming works", nil, probe.Stream, nil, ""},
		{"no optimizer for a proxy", nil, probe.Offload, nil, "application: streams the file"},
		{"no optimizer for a redirect", nil, probe.Redirect, nil, "application: streams the file"},
		{"another bucket", func(t *testing.T, _ *blobdownload.Storage) http.Handler {
			t.Helper()
			return application(openStorage(t), nil)
		}, probe.Stream, nil, "application: responds 404 for the object that was just written"},
		{"an application that fails", func(*testing.T, *blobdownload.Storage) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		}, probe.Stream, nil, "application: responds 503"},
		{"no proxy", func(_ *testing.T, s *blobdownload.Storage) http.Handler {
			return application(s, xaccel())
		}, probe.Offload, nil, "proxy: X-Accel-Redirect reaches the client: no proxy applies it"},
		{"no rule for the proof", func(_ *testing.T, s *blobdownload.Storage) http.Handler {
			return application(s, xaccel())
		}, probe.Offload, proof, "application: X-Accel-Redirect is sent to clients without the proof"},
		{"no proxy that adds the proof", func(_ *testing.T, s *blobdownload.Storage) http.Handler {
			return application(s, proxy.When(xaccel(), proxy.ForClient(proxy.ClientMatch{Header: "X-Proof", Value: "secret"})))
		}, probe.Offload, proof, "end to end: the application streams the file, and the proxy forwards it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := openStorage(t)
			h := application(s, nil)
			if tc.app != nil {
				h = tc.app(t, s)
			}
			base := start(t, h)
			p := probe.Prober{Storage: s, Prefix: "in/", AppURL: base, PublicURL: base, Mode: tc.mode, Header: tc.header}
			findings := p.Run(t.Context())
			if tc.want == "" {
				assert.Empty(t, findings)
			} else {
				require.NotEmpty(t, findings)
				assert.Equal(t, tc.want, findings[0].Component+": "+findings[0].Fault)
				assert.NotEmpty(t, findings[0].Change)
			}
			_, err := s.Bucket.List(&blob.ListOptions{}).Next(t.Context())
			assert.ErrorIs(t, err, io.EOF, "the objects are deleted")
		})
	}
}

func TestProberStopsAtAStorageThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	require.NoError(t, s.Bucket.Close())
	p := probe.Prober{Storage: s, AppURL: "http://127.0.0.1:1/", PublicURL: "http://127.0.0.1:1/"}
	findings := p.Run(t.Context())
	require.Len(t, findings, 1)
	assert.Equal(t, "storage", findings[0].Component)
	assert.Contains(t, findings[0].String(), `"docs" cannot be written`)
}

// The URL of a redirect is a credential.
func TestProberKeepsSignaturesOutOfFindings(t *testing.T) {
	t.Parallel()
	s := openStorage(t)
	base := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/k?signature=secret", http.StatusFound)
	}))
	p := probe.Prober{Storage: s, PublicURL: base, Mode: probe.Redirect}
	findings := p.Run(t.Context())
	require.Len(t, findings, 1)
	assert.Equal(t, "end to end: no response from the redirect's target: 127.0.0.1:1", findings[0].Component+": "+findings[0].Fault)
}

func TestAFindingPrintsAsOneLine(t *testing.T) {
	t.Parallel()
	findings := []probe.Finding{{Component: "proxy", Fault: "ignores Range", Change: "do not remove it"}}
	assert.Equal(t, "[proxy: ignores Range: do not remove it]", fmt.Sprint(findings))
}
