package azureserver

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"sync/atomic"
	"testing"
)

// Front is a reverse proxy to the emulator with a transport of the test.
type Front struct {
	addr     string
	accepted atomic.Int64
	server   *httptest.Server
}

// Accepted returns the number of connections to it so far.
func (f *Front) Accepted() int { return int(f.accepted.Load()) }

// URL returns the URL of an existing container. It sets the account and its key in the environment, so the test
// cannot be parallel. Go CDK reads the environment once in a process.
func (s *Server) URL(t *testing.T, container string) string {
	t.Helper()
	t.Setenv("AZURE_STORAGE_ACCOUNT", Account)
	t.Setenv("AZURE_STORAGE_KEY", Key)
	return fmt.Sprintf("azblob://%s?domain=%s&protocol=http&localemu=true", container, s.addr)
}

// Front starts a reverse proxy, which stops when the test ends.
func (s *Server) Front(t *testing.T, transport http.RoundTripper) *Front {
	t.Helper()
	f := &Front{}
	f.server = httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", s.addr, s.addr
		},
		ErrorLog:     log.New(io.Discard, "", 0), // faults are made on purpose
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	f.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			f.accepted.Add(1)
		}
	}
	f.server.Start()
	t.Cleanup(f.server.Close)
	f.addr = f.server.Listener.Addr().String()
	return f
}

// Endpoint returns the URL of the reverse proxy.
func (f *Front) Endpoint() string { return f.server.URL }

// Gone stops the reverse proxy before the test ends.
func (f *Front) Gone() {
	f.server.CloseClientConnections()
	f.server.Close()
}

// URL is Server.URL via the reverse proxy.
func (f *Front) URL(t *testing.T, container string) string {
	return (&Server{addr: f.addr}).URL(t, container)
}
