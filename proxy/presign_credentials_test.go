package proxy_test

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

// PS25: the storage's host is no subdomain of the application's.
func TestClientsSendNoCredentialsToTheStorage(t *testing.T) {
	t.Parallel()
	var got http.Header
	store := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	t.Cleanup(store.Close)
	host := strings.Replace(store.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	_, d := signedObject("k", signsAs("http://"+host+"/k?signature=x"))
	server := blobdownload.Server{Optimizer: &proxy.Presign{Hosts: []string{host}, AllowHTTP: true}}
	app := httptest.NewServer(server.Handler(func(*http.Request) (*blobdownload.Download, error) { return d, nil }))
	t.Cleanup(app.Close)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer secret")
	req.Header.Set("Cookie", "session=secret")
	resp, err := app.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.NotNil(t, got, "redirected to the storage")
	assert.Empty(t, got.Get("Authorization"))
	assert.Empty(t, got.Get("Cookie"))
}
