package storagetest

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"
)

// Transport is an http.RoundTripper that records every request and injects faults, for code that uses an
// http.Client. The Key of a [Call] or a [Fault] is the path of the URL. The test fails at its end if a body is
// still open or a fault never happened. It is safe for concurrent use.
type Transport struct {
	*Recorder
	*Script

	base  http.RoundTripper
	conns atomic.Int64
}

// NewTransport returns a transport that sends requests via base. A nil base is a new http.Transport, whose idle
// connections are closed when the test ends.
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

// Client returns an http.Client with the transport.
func (tr *Transport) Client() *http.Client { return &http.Client{Transport: tr} }

// Conns returns the number of connections made. An HTTP/2 connection counts once, not once for each of its requests.
func (tr *Transport) Conns() int { return int(tr.conns.Load()) }

// RoundTrip sends a request, applies the faults and records it.
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

// refuseHTTP returns the reason why a fault can never happen to an HTTP request, or "".
func refuseHTTP(f Fault) string {
	if f.Action.kind == overwrite || f.Action.kind == remove {
		return "Overwrite and Remove are for buckets only; use Run for HTTP"
	}
	return ""
}
