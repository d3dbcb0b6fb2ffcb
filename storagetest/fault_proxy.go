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

// FaultProxy stands before a real store on the loopback interface, remembers every request and can make it fail:
// for code that talks to the store by a library of the store's own. It leaves the Host field alone, which
// signatures of S3 cover: give the code under test the proxy's URL for an endpoint.
type FaultProxy struct {
	*Recorder
	*Script

	URL   string // where the proxy listens: `http://127.0.0.1:41234`
	conns atomic.Int64
}

// NewFaultProxy returns a proxy before the server at target, an http URL without a path. It ends with the test.
func NewFaultProxy(t testing.TB, target string) *FaultProxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" {
		t.Fatalf("storagetest: the target of a proxy is a URL of the form http://host:port, not %q", target)
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
		FlushInterval: -1, // a stalled or dripping body is passed on as it comes
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

// Conns counts the connections that clients have made to the proxy.
func (p *FaultProxy) Conns() int { return int(p.conns.Load()) }
