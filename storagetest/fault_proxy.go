package storagetest

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// FaultProxy is a reverse proxy in front of a real storage that records every request and injects faults. Use it
// for code whose HTTP client is the storage's own SDK: set the SDK's endpoint to URL. The Host field is forwarded
// unchanged, because S3 signs it. It is safe for concurrent use.
type FaultProxy struct {
	*Recorder
	*Script

	URL   string // of the proxy: http://127.0.0.1:PORT
	conns atomic.Int64
}

// NewFaultProxy starts a proxy to the server at target, an http URL without a path. It stops when the test ends.
func NewFaultProxy(t testing.TB, target string) *FaultProxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" {
		t.Fatalf("storagetest: proxy target %q is not of the form http://host:port", target)
	}
	upstream := NewTransport(t, nil)
	p := &FaultProxy{Recorder: upstream.Recorder, Script: upstream.Script}
	quiet := log.New(io.Discard, "", 0)
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(u)
			pr.Out.Host = pr.In.Host
		},
		Transport:     upstream,
		FlushInterval: -1, // forward a stalled or dripping body without a buffer
		ErrorLog:      quiet,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	})
	server.Config.ErrorLog = quiet
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			p.conns.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// Conns returns the number of connections from clients to the proxy.
func (p *FaultProxy) Conns() int { return int(p.conns.Load()) }
