package providers_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/wrapper"
	azuredriver "github.com/go-downloadview/downloadview/wrapper/azure"
)

func get(t *testing.T, way http.RoundTripper, method, rawURL string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, rawURL, http.NoBody)
	require.NoError(t, err)
	resp, err := way.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(body)
}

var overrides = wrapper.SignOptions{
	ContentDisposition: `attachment; filename="r p.txt"`,
	ContentType:        "text/x-mine",
	CacheControl:       "private, max-age=5",
}

func TestAzureSignedURL(t *testing.T) {
	way := newFaulty(t)
	b, _ := azureserver.Start(t).Bucket(t, "signed", way)
	f := wrapper.Blob(b, "dir/a b#?.txt")
	require.NoError(t, b.WriteAll(t.Context(), "dir/a b#?.txt", []byte("hello"), nil))

	t.Setenv("AZURE_STORAGE_KEY", "")
	_, err := f.SignedURL(t.Context(), overrides)
	require.ErrorIs(t, err, errors.ErrUnsupported, "never signed without the overrides")

	require.NoError(t, azuredriver.UseSharedKey(b, azureserver.Account, azureserver.Key))
	signed, err := f.SignedURL(t.Context(), overrides)
	require.NoError(t, err)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		resp, body := get(t, way, method, signed)
		assert.Equal(t, 200, resp.StatusCode)
		assert.Equal(t, overrides.ContentDisposition, resp.Header.Get("Content-Disposition"))
		assert.Equal(t, overrides.ContentType, resp.Header.Get("Content-Type"))
		assert.Equal(t, overrides.CacheControl, resp.Header.Get("Cache-Control"))
		if method == http.MethodGet {
			assert.Equal(t, "hello", body)
		}
	}
	resp, _ := get(t, way, http.MethodGet, strings.Replace(signed, "text%2Fx-mine", "text%2Fhtml", 1))
	assert.Equal(t, 403, resp.StatusCode, "tampered")

	u, err := url.Parse(signed)
	require.NoError(t, err)
	expires, err := time.Parse(time.RFC3339, u.Query().Get("se"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(wrapper.DefaultExpiry), expires, time.Minute)
}

func TestGCSSignedURL(t *testing.T) {
	way := newFaulty(t)
	b := gcsserver.Start(t, way).Bucket(t)
	require.NoError(t, b.WriteAll(t.Context(), "dir/a b#?.txt", []byte("hello"), nil))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		o := overrides
		o.Method = method
		signed, err := wrapper.Blob(b, "dir/a b#?.txt").SignedURL(t.Context(), o)
		require.NoError(t, err)
		u, err := url.Parse(signed)
		require.NoError(t, err)
		q := u.Query()
		assert.Equal(t, "GOOG4-RSA-SHA256", q.Get("X-Goog-Algorithm"))
		assert.Equal(t, "300", q.Get("X-Goog-Expires"))
		assert.Equal(t, o.ContentDisposition, q.Get("response-content-disposition"))
		assert.Equal(t, o.ContentType, q.Get("response-content-type"))
		assert.Equal(t, o.CacheControl, q.Get("response-cache-control"))
		resp, body := get(t, way, method, strings.Replace(signed, "https://", "http://", 1))
		assert.Equal(t, 200, resp.StatusCode)
		assert.Equal(t, o.ContentDisposition, resp.Header.Get("Content-Disposition"))
		assert.Equal(t, o.ContentType, resp.Header.Get("Content-Type"))
		if method == http.MethodGet {
			assert.Equal(t, "hello", body)
		}
		tampered := strings.Replace(signed, "text%2Fx-mine", "text%2Fhtml", 1)
		require.NotEqual(t, signed, tampered)
		resp, _ = get(t, way, method, strings.Replace(tampered, "https://", "http://", 1))
		assert.Equal(t, 403, resp.StatusCode, "tampered")
	}
}
