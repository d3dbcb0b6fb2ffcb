package blobdownload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// request returns a request. header holds names and values alternately.
func request(t testing.TB, method, target string, header ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// exchange returns a handler's response to a request, without a network.
func exchange(t testing.TB, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	return exchangeRequest(h, request(t, method, target, header...))
}

func exchangeRequest(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// query returns the URL query of a key, escaped.
func query(key string) string { return url.Values{"key": {key}}.Encode() }

// bodyText returns a body, which must be complete.
func bodyText(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return string(b)
}
