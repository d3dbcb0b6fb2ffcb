package blobdownload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

const (
	// defaultWriteTimeout is Server.WriteTimeout when it is 0.
	defaultWriteTimeout = 2 * time.Minute

	// socketBuffer is the most that a Linux socket buffers (net.ipv4.tcp_wmem). A blocked write may wait
	// until the client has accepted that much.
	socketBuffer = 4 << 20
)

// ErrSlowClient is the error of a download whose client accepted less than Server.WriteTimeout and
// Server.MinRate require.
var ErrSlowClient = errors.New("client is too slow")

// writeDeadline is the time that a client has left to accept data. It is set as the write deadline of the
// connection before every write, or counted by the timer of an HTTP/2 stream: one deadline for the whole
// response would abort the download of a large file to a client of ordinary speed.
//
// With a minimum rate r, a write consumes time and n written bytes add n/r, up to a limit. A client that
// always accepts r or more never runs out of time, since data is written before it is accepted; the limit
// covers what the socket buffers. Time spent waiting for the storage does not count.
type writeDeadline struct {
	ctx   context.Context //nolint:containedctx // the download's: a Shutdown that aborts it ends every write
	to    http.ResponseController
	left  time.Duration
	limit time.Duration
	rate  float64 // bytes per second; 0: every write has all of limit

	off     bool
	watched bool // stream counts the time of each write, without a deadline
	stale   bool // the deadline that was set does not hold any more

	began time.Time // the write
	until time.Time // the deadline that was set
	sent  int64     // bytes written

	buckets []*rate.Limiter // which wait empties before a write; its time is not the client's
	stream  streamTimer
}

// init makes a zero writeDeadline the deadline of a server's response.
func (d *writeDeadline) init(ctx context.Context, s *Server, w http.ResponseWriter, r *http.Request) {
	if _, ok := w.(deadliner); !ok {
		s.warnHidden(w, r)
	}
	timeout := cmp.Or(s.WriteTimeout, defaultWriteTimeout)
	d.ctx, d.to, d.watched = ctx, *http.NewResponseController(w), r.ProtoMajor >= 2
	d.left, d.limit, d.off = timeout, timeout, timeout < 0
	if s.MinRate > 0 {
		d.rate = float64(s.MinRate)
		d.left += d.allowance(rateChunk)
		d.limit += d.allowance(socketBuffer)
	}
}

// allowance returns the time that n bytes may take.
func (d *writeDeadline) allowance(n int64) time.Duration {
	return time.Duration(float64(n) / d.rate * float64(time.Second))
}

// begin sets the deadline of the next write. After a Shutdown has aborted the download, the deadline is now: an
// abort between two writes would be undone otherwise.
func (d *writeDeadline) begin() {
	d.began = time.Now()
	switch {
	case d.off:
		return
	case d.watched:
		d.watch()
	case d.holds():
		return
	default:
		d.until, d.stale = d.began.Add(d.left), false
		if d.to.SetWriteDeadline(d.until) != nil {
			d.off = true // the writer has no deadlines, or hides them
		}
	}
	if d.shutdown() {
		_ = d.to.SetWriteDeadline(d.began)
	}
}

// holds reports whether the deadline that was set leaves the write that begins 99 % of its time, and not more than all.
// Setting it again moves a timer.
func (d *writeDeadline) holds() bool {
	early := d.began.Add(d.left).Sub(d.until)
	return d.rate == 0 && !d.stale && early >= 0 && early < d.left/100
}

// timesBytes reports whether the time of a write depends on its length.
func (d *writeDeadline) timesBytes() bool { return d.rate > 0 || len(d.buckets) > 0 }

// shutdown reports whether a Shutdown has aborted the download.
func (d *writeDeadline) shutdown() bool {
	return d.ctx.Err() != nil && errors.Is(context.Cause(d.ctx), errShutdown)
}

// limitTo makes the deadline of the write that has begun earlier, unless less time than that is left.
func (d *writeDeadline) limitTo(conn socket, wait time.Duration) bool {
	if d.off || wait >= d.left || conn.SetWriteDeadline(d.began.Add(wait)) != nil {
		return false
	}
	d.stale = true
	if d.shutdown() {
		_ = conn.SetWriteDeadline(d.began)
	}
	return true
}

// offer writes a block with dst's ReadFrom. Without a rate, only time without progress is consumed.
func (d *writeDeadline) offer(dst io.ReaderFrom, b *offeredBlock) error {
	d.begin()
	n, err := dst.ReadFrom(b)
	if err := d.end(n, err); err != nil {
		return err
	}
	if d.rate == 0 && n < smallBuffer {
		d.left -= time.Since(d.began)
	}
	return nil
}

// restore gives the next write all of the time, if there is no rate.
func (d *writeDeadline) restore() {
	if d.rate == 0 {
		d.left = d.limit
	}
}

// flush sends what the server still buffers, under a deadline.
func (d *writeDeadline) flush() error {
	d.begin()
	err := d.to.Flush()
	if errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return d.end(0, err)
}

// write writes p under a deadline.
func (d *writeDeadline) write(w io.Writer, p []byte) error {
	d.begin()
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return d.end(int64(n), err)
}

// clientWriteError is a failure to write to the client.
type clientWriteError struct{ err error }

func (e *clientWriteError) Error() string { return "write to the client: " + e.err.Error() }
func (e *clientWriteError) Unwrap() error { return e.err }

// isWriteError reports whether an error is a failure to write to the client.
func isWriteError(err error) bool {
	_, ok := errors.AsType[*clientWriteError](err)
	return ok
}

// end counts n written bytes. It returns the error of a failed write as a clientWriteError, which wraps ErrSlowClient if the
// write ran out of time.
func (d *writeDeadline) end(n int64, err error) error {
	d.sent += n
	if d.watched && !d.off {
		d.stream.pause()
	}
	if err != nil {
		if !d.off && !time.Now().Before(d.until) {
			err = fmt.Errorf("%w: %w", ErrSlowClient, err)
		}
		return &clientWriteError{err}
	}
	if d.rate > 0 {
		d.left = min(d.left-time.Since(d.began)+d.allowance(n), d.limit)
	}
	return nil
}
