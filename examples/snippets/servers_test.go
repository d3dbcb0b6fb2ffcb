package snippets_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/probe"
)

// docs: begin probe
// check returns one error for each fault of an installation. The URLs are those to which a key is appended:
// check(ctx, docs, "http://127.0.0.1:8080/docs/", "https://files.example.com/docs/").
func check(ctx context.Context, docs *blobdownload.Storage, app, public string) error {
	p := probe.Prober{
		Storage: docs, AppURL: app, PublicURL: public,
		Mode: probe.Offload, Locations: []string{"/_files/"},
		Header: http.Header{"X-Edge-Proof": {"change-this-proof"}}, // only with proxy.ForClient
	}
	var errs []error
	for _, finding := range p.Run(ctx) {
		errs = append(errs, errors.New(finding.String()))
	}
	return errors.Join(errs...)
}

// docs: end

// servers returns the optimizers that the pages of servers show, by the name of the page.
func servers() map[string]*blobdownload.Server {
	// docs: begin nginx-program
	nginx := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/", Keys: proxy.FileBlobKeys}}},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin nginx-store-program
	store := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true}, // AllowHTTP for a storage without TLS
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin nginx-slices-program
	slices := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XAccelPresigned{
			Location: "/_sliced", WholeOnly: true, AllowHTTP: true, // nginx applies the range of the client
			Lifetime: proxy.Lifetime{Expiry: 6 * time.Hour, Window: 24 * time.Hour},
		},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin caddy-program
	caddy := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XAccel{
			Mounts:     []proxy.Mount{{Store: "docs", Location: "/_files/", Keys: proxy.FileBlobKeys}},
			NginxHints: proxy.NginxHints{NoLimitRate: true}, // Caddy ignores X-Accel-Limit-Rate
		},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin apache-program
	apache := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XSendfile{
			Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/downloadview/files", Keys: proxy.FileBlobKeys}},
			Paths:  proxy.RawPaths,
		},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin lighttpd-program
	lighttpd := &blobdownload.Server{Optimizer: proxy.When(
		&proxy.XSendfile{
			Mounts: []proxy.Mount{{Store: "docs", Location: "/srv/downloadview/files", Keys: proxy.FileBlobKeys}},
			Paths:  proxy.EscapedPaths,
		},
		proxy.ForClient(proxy.ClientMatch{Header: "X-Edge-Proof", Value: "change-this-proof"}),
	)}
	// docs: end
	// docs: begin presigned-program
	presigned := &blobdownload.Server{Optimizer: &proxy.Presign{
		Lifetime: proxy.Lifetime{Expiry: 5 * time.Minute, Window: time.Hour}, // valid for 5 to 65 minutes
		Hosts:    []string{"my-docs.s3.eu-west-1.amazonaws.com"},             // no other URL is sent to clients
	}}
	// docs: end
	return map[string]*blobdownload.Server{
		"nginx": nginx, "nginx-store": store, "nginx-slices": slices, "caddy": caddy, "apache": apache, "lighttpd": lighttpd, "presigned": presigned,
	}
}

func TestTheServersOfThePagesAreValid(t *testing.T) {
	t.Parallel()
	fields := map[string]string{"nginx": "X-Accel-Redirect", "caddy": "X-Accel-Redirect", "apache": "X-Sendfile", "lighttpd": "X-Sendfile"}
	docs, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, docs.Close(context.WithoutCancel(t.Context()))) })
	require.NoError(t, docs.Bucket.WriteAll(t.Context(), "a.txt", []byte("all is well"), nil))
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "a.txt" })
	for name, server := range servers() {
		require.NoError(t, proxy.Validate(server.Optimizer, "docs"), name)
		field := fields[name]
		if field == "" {
			continue // the bucket is a directory, which signs no URL
		}
		for _, proof := range []string{"change-this-proof", "another"} {
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.Header.Set("X-Edge-Proof", proof)
			w := httptest.NewRecorder()
			server.Handler(view).ServeHTTP(w, r)
			assert.Equal(t, proof == "change-this-proof", w.Header().Get(field) != "", "%s %s", name, proof)
		}
	}
}

func TestTheCheckFindsAnApplicationWithoutAProxy(t *testing.T) {
	t.Parallel()
	docs, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, docs.Close(context.WithoutCancel(t.Context()))) })
	app := httptest.NewServer(http.StripPrefix("/docs/", servers()["nginx"].Handler(
		blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Path }))))
	t.Cleanup(app.Close)
	err = check(t.Context(), docs, app.URL+"/docs/", app.URL+"/docs/")
	require.ErrorContains(t, err, "end to end: the application streams the file, and the proxy forwards it")
}
