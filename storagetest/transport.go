package storagetest

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
)

// Transport is an http.RoundTripper that remembers every request and can make it fail: for code that fetches
// over HTTP by a client. Requests are called by the path of their URL. A body left open fails the test,
// and so does a fault that never happened.
type Transport struct {
	*Recorder
	*Script

	base  http.RoundTripper
	conns atomic.Int64
}

// NewTransport returns a transport that sends requests by base, or by one of its own when base is nil.
func NewTransport(t testing.TB, base http.RoundTripper) *Transport {
	t.Helper()
	tr := &Transport{Recorder: &Recorder{}, Script: newScript(t, refuseHTTP), base: base}
	if base == nil {
		own := &http.Transport{DisableCompression: true}
		t.Cleanup(own.CloseIdleConnections)
		tr.base = own
	}
	t.Cleanup(func() {
		tr.reportOpen(t)
		tr.reportMissed()
	})
	return tr
}

// Client returns a client that sends its requests by the transport.
func (tr *Transport) Client() *http.Client { return &http.Client{Transport: tr} }

// Conns counts the connections that were made: those of HTTP/2 once, however many requests they carried.
func (tr *Transport) Conns() int { return int(tr.conns.Load()) }

// RoundTrip sends a request.
func (tr *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return exchange(req.Context(), tr.Recorder, tr.Script, req.Method, req.URL.Path, req.Header,
		func(ctx context.Context, h http.Header) (*http.Response, error) {
			ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
				if !c.Reused {
					tr.conns.Add(1)
				}
			}})
			out := req.Clone(ctx)
			out.Header = h
			return tr.base.RoundTrip(out)
		})
}

// refuseHTTP says why a fault can never happen to requests.
func refuseHTTP(f Fault) string {
	if f.Action.kind == overwrite || f.Action.kind == remove {
		return "only a bucket can be overwritten by its script; over HTTP use Run"
	}
	return ""
}
