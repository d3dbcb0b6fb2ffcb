package faults_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// got is the response as a client received it.
type got struct {
	status int
	header http.Header
	body   []byte
	err    error
	left   bool // by the client's own decision
}

// patience is how long a client waits for a response. It is more than any storage holds one.
const patience = 8 * held

var errLeft = errors.New("client left")

// send makes the request of a step and reads the response as the step's client does.
func (e *env) send(t *trial, s *step) *got {
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, errors.New("client waited too long"))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, s.method, e.front+t.target(s), http.NoBody)
	if err != nil {
		return &got{err: err}
	}
	r.Header = s.header.Clone()
	c := e.http1
	if s.http2 {
		c = e.http2
	}
	resp, err := c.Do(r)
	if err != nil {
		return &got{err: err}
	}
	defer resp.Body.Close()
	g := &got{status: resp.StatusCode, header: resp.Header}
	buf := make([]byte, 32<<10)
	if s.slow {
		buf = buf[:min(len(buf), 1+s.obj.style.size/6)]
	}
	g.body = make([]byte, 0, max(0, resp.ContentLength)+1)
	for g.err == nil {
		n, err := resp.Body.Read(buf)
		g.body = append(g.body, buf[:n]...)
		switch {
		case err == io.EOF:
			return g
		case err != nil:
			g.err = err
		case s.leave >= 0 && len(g.body) >= s.leave:
			g.err, g.left = errLeft, true
		case s.slow:
			time.Sleep(3 * time.Millisecond)
		}
	}
	return g
}
