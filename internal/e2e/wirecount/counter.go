// Package wirecount counts a client's requests, connections, and response bodies that were not closed.
package wirecount

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Counter is an http.RoundTripper that sends requests and records them. Its Do is the HTTP client of an SDK.
type Counter struct {
	base  *http.Transport
	dials atomic.Int64
	open  atomic.Int64

	mu       sync.Mutex
	requests []string
}

// New returns a Counter with its own connections. They are closed when the test ends.
func New(t testing.TB) *Counter {
	c := &Counter{}
	c.base = &http.Transport{
		MaxIdleConnsPerHost: 64,
		DisableCompression:  true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c.dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	t.Cleanup(c.base.CloseIdleConnections)
	return c
}

// RoundTrip sends a request and records it with the status of its response.
func (c *Counter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.base.RoundTrip(r)
	var line strings.Builder
	line.WriteString(r.Method)
	for _, field := range []string{"Range", "If-Match", "If-None-Match"} {
		if v := r.Header.Get(field); v != "" {
			line.WriteString(" " + strings.ToLower(field) + ":" + v)
		}
	}
	if err != nil {
		line.WriteString(" failed")
	} else {
		fmt.Fprintf(&line, " -> %d", resp.StatusCode)
		c.open.Add(1)
		resp.Body = &body{ReadCloser: resp.Body, closed: sync.OnceFunc(func() { c.open.Add(-1) })}
	}
	c.mu.Lock()
	c.requests = append(c.requests, line.String())
	c.mu.Unlock()
	return resp, err
}

// Do is RoundTrip under the name that SDKs require.
func (c *Counter) Do(r *http.Request) (*http.Response, error) { return c.RoundTrip(r) }

// Take returns the requests since the last Take, one line each: "GET range:bytes=0-4 -> 206".
func (c *Counter) Take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	requests := c.requests
	c.requests = nil
	return requests
}

// Dials returns the number of connections made so far.
func (c *Counter) Dials() int { return int(c.dials.Load()) }

// Open returns the number of response bodies that are not closed yet.
func (c *Counter) Open() int { return int(c.open.Load()) }

type body struct {
	io.ReadCloser
	closed func()
}

func (b *body) Close() error {
	b.closed()
	return b.ReadCloser.Close()
}
