package blobdownload

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"
)

const (
	// defaultWriteTimeout is Server.WriteTimeout when it is 0.
	defaultWriteTimeout = 2 * time.Minute

	// fileChunk is what the kernel is asked to copy at once. Within it nobody here sees progress.
	fileChunk = 512 << 10

	// socketBuffer is what a Linux socket holds at most of what was written and not yet taken
	// (net.ipv4.tcp_wmem): a writer that waits may wait for that much to go.
	socketBuffer = 4 << 20
)

// ErrSlowClient says that a client took less than Server.WriteTimeout and Server.MinRate ask for.
var ErrSlowClient = errors.New("client is too slow")

// patience is the time that a client has left to take what is written to it, set anew as the write deadline of
// its connection, or HTTP/2 stream, before every write: a deadline for the whole answer would cut the honest download of
// a large file. With a minimum rate r, writing takes time away and n bytes give n/r back, up to a bound.
// A client that always takes r or more never runs out: what is written is ahead of what it has taken, and the bound
// covers what the socket holds. The time that the storage takes is nobody's.
type patience struct {
	to    *http.ResponseController
	left  time.Duration
	most  time.Duration
	rate  float64 // bytes a second; 0: every write has all of most
	h2    bool
	off   bool
	began time.Time
}

func (s *Server) patience(w http.ResponseWriter, r *http.Request) patience {
	if reflect.TypeOf(w).String() == "*http.timeoutWriter" {
		s.held.Do(func() {
			s.logger().Warn("http.TimeoutHandler holds every download in memory, and cuts those that take longer: leave it out")
		})
	}
	timeout := s.WriteTimeout
	if timeout == 0 {
		timeout = defaultWriteTimeout
	}
	p := patience{to: http.NewResponseController(w), left: timeout, most: timeout, h2: r.ProtoMajor >= 2, off: timeout < 0}
	if s.MinRate > 0 {
		p.rate = float64(s.MinRate)
		p.left += p.worth(fileChunk)
		p.most += p.worth(socketBuffer)
	}
	return p
}

// worth is the time that n bytes may take.
func (p *patience) worth(n int64) time.Duration {
	return time.Duration(float64(n) / p.rate * float64(time.Second))
}

// begin sets the deadline of the next write.
func (p *patience) begin() {
	p.began = time.Now()
	if !p.off && p.to.SetWriteDeadline(p.began.Add(p.left)) != nil {
		p.off = true // a writer without deadlines: a test's, or one that hides them
	}
}

// end takes note of what was written, and names the cause of a failure that is the client's slowness.
func (p *patience) end(n int64, err error) error {
	if p.off {
		return err
	}
	took := time.Since(p.began)
	if err != nil {
		if took >= p.left {
			err = fmt.Errorf("%w: %w", ErrSlowClient, err)
		}
		return err
	}
	if p.rate > 0 {
		p.left = min(p.left-took+p.worth(n), p.most)
	}
	if p.h2 {
		_ = p.to.SetWriteDeadline(time.Time{}) // it would reset the stream while the storage is waited for
	}
	return nil
}
