package page_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
)

// startGateway runs the gateway on a free port until the test ends, and returns its URL.
func startGateway(t *testing.T, args ...string) string {
	t.Helper()
	return gatewayproc.Serve(t, gatewayBinary, args...).URL
}

// listed is a folder as JSON.
type listed struct {
	Folders []struct{ Name, URL string }
	Files   []struct {
		Name, URL string
		Size      int64
	}
	Next string
}

// list requests a page of a folder as JSON.
func list(t *testing.T, url string) (l listed, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Accept", "application/json")
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr, Timeout: time.Minute}).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&l))
	return l, resp.StatusCode
}
