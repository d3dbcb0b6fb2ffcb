package blobdownload_test

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/logtest"
)

// quietServer returns a server whose log is discarded.
func quietServer() *blobdownload.Server {
	return &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
}

// loggedServer returns a server and its log.
func loggedServer() (*blobdownload.Server, *logtest.Text) {
	logger, text := logtest.New()
	return &blobdownload.Server{Logger: logger}, text
}

// startServer starts a server, after configure has changed it.
func startServer(t testing.TB, h http.Handler, configure ...func(*httptest.Server)) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, c := range configure {
		c(srv)
	}
	if srv.EnableHTTP2 {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv
}

func enableHTTP2(srv *httptest.Server) { srv.EnableHTTP2 = true }

// get sends a GET request to a running server and returns the response with an unread body.
func get(t testing.TB, srv *httptest.Server, target string, header ...string) *http.Response {
	t.Helper()
	resp, err := roundTrip(t, srv, http.MethodGet, target, header...)
	require.NoError(t, err)
	return resp
}

// roundTrip sends a request to a running server, which may abort the connection. No content coding is decoded.
func roundTrip(t testing.TB, srv *httptest.Server, method, target string, header ...string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+target, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := srv.Client().Do(r)
	if err == nil {
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}
