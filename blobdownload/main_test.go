package blobdownload_test

import (
	"bytes"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet returns a server whose log nobody reads.
func quietServer() *blobdownload.Server {
	return &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
}

// logged returns a server and everything it logs, as text.
func loggedServer() (*blobdownload.Server, *logText) {
	text := &logText{}
	h := slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug})
	return &blobdownload.Server{Logger: slog.New(h)}, text
}

type logText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// request makes a request; header are names and values in turn.
func request(t testing.TB, method, target string, header ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// ask answers a request by a handler, without a network.
func exchange(t testing.TB, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	return exchangeRequest(h, request(t, method, target, header...))
}

func exchangeRequest(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// query returns the query that asks for a key, whatever is in it.
func query(key string) string { return url.Values{"key": {key}}.Encode() }

// text returns a body that must end cleanly.
func bodyText(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return string(b)
}

// live starts a server; configure may change it before.
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

// get asks a live server and returns the answer with an unread body.
func get(t testing.TB, srv *httptest.Server, target string, header ...string) *http.Response {
	t.Helper()
	resp, err := roundTrip(t, srv, http.MethodGet, target, header...)
	require.NoError(t, err)
	return resp
}

// try asks a live server, which may break the connection. Nothing is decoded on the way.
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
