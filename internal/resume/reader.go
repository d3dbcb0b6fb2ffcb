package resume

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// Reader reads a window of one version of an object. It is for one goroutine; its zero value must be started.
type Reader struct {
	ctx     context.Context //nolint:containedctx // of the download; each connection has one of its own
	source  Source          // nil: the version cannot be pinned, so the first connection is the only one
	options Options

	conn     Conn  // without a body before a resume
	off, end int64 // of the object; end is negative if the length is unknown
	closed   bool

	failures int   // in a row, without a byte
	owed     int64 // offset at which the last resume is returned to the budget of retries; 0: none

	mayReadAhead bool // only then is the pace measured
	pace         pace
	ahead        *readAhead
	starts       int // of read-ahead
}

// Start makes r read from the open connection first, whose body begins at off of the object. The window ends at end,
// or with the body if end is negative. A nil source disables resume and read-ahead.
func (r *Reader) Start(ctx context.Context, first Conn, off, end int64, source Source, o Options) {
	*r = Reader{
		ctx: ctx, conn: first, off: off, end: end, source: source, options: o,
		mayReadAhead: source != nil && o.ReadAhead >= 2 && end-off >= (minPartsSent+minPartsAhead)*o.PartSize,
	}
}

// Read reads like an io.Reader. It returns io.EOF only at the end of the window: a shorter one is an error.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if r.closed {
			return 0, fs.ErrClosed
		}
		if r.ahead != nil && r.off >= r.ahead.start {
			if n, err := r.readParts(p); n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if r.conn.Body == nil {
			if err := r.reconnect(); err != nil {
				return 0, err
			}
		}
		var n int
		var err error
		if r.mayReadAhead {
			n, err = r.readPaced(p)
		} else {
			n, err = r.conn.Read(p, r.options.StallTimeout)
		}
		switch {
		case n > 0:
			r.advance(n)
			if err == nil || err == io.EOF {
				return n, nil
			}
			return n, r.afterProgress(err)
		case err == nil:
			return 0, nil
		case err == io.EOF && (r.end < 0 || r.off >= r.end):
			return 0, io.EOF
		case errors.Is(err, errDiscarded):
			continue
		}
		if err := r.interrupted(err); err != nil {
			return 0, err
		}
	}
}

// afterProgress returns nil if the next read is to reconnect after a read that failed with some bytes, or the error of
// the Read.
func (r *Reader) afterProgress(err error) error {
	switch {
	case r.source == nil:
		return r.interrupted(err)
	case !r.spend():
		return err
	default:
		r.conn.close()
		return nil
	}
}

// advance counts n bytes delivered, which end a row of failures.
func (r *Reader) advance(n int) {
	r.off += int64(n)
	r.failures = 0
	if r.owed > 0 && r.off >= r.owed {
		retries.earn(1)
		r.owed = 0
	}
}

// spend takes a resume from the budget of retries. A connection that delivers a part, or the rest of the window, returns
// it: only resumes that deliver little are limited.
func (r *Reader) spend() bool {
	if !retries.spend() {
		return false
	}
	r.owed = r.off + max(1, min(r.options.PartSize, r.end-r.off))
	return true
}

// readPaced reads from the connection, up to the first part of read-ahead, and starts read-ahead for a fast client.
func (r *Reader) readPaced(p []byte) (int, error) {
	if r.ahead != nil && int64(len(p)) > r.ahead.start-r.off {
		p = p[:r.ahead.start-r.off]
	}
	r.pace.begin()
	n, err := r.conn.Read(p, r.options.StallTimeout)
	r.pace.end(n)
	if r.ahead == nil && r.starts < maxStarts && r.pace.wantsReadAhead(r.end-r.off-int64(n), r.options) {
		if r.ahead = startReadAhead(r.ctx, r.source, r.off+int64(n), r.end, r.options, r.pace.rate()); r.ahead == nil {
			r.pace = pace{total: r.pace.total}
		} else {
			r.starts++
		}
	}
	return n, err
}

// interrupted returns nil if another connection is to continue after err, or the error of the Read.
func (r *Reader) interrupted(err error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if r.end < 0 || r.off >= r.end || r.source == nil || errors.Is(err, ErrChanged) || errors.Is(err, ErrLength) {
		return err
	}
	r.conn.close()
	r.failures++
	if r.failures > r.options.Resumes || !r.spend() {
		return err
	}
	return sleep(r.ctx, backoff(r.failures-1))
}

// reconnect requests the rest of the window. A retryable failure counts as an interrupted connection.
func (r *Reader) reconnect() error {
	for {
		conn, err := connect(r.ctx, r.source, r.off, r.end-r.off, r.options.StallTimeout)
		if err == nil {
			if r.failures > 0 {
				r.source.Resumed(r.ctx)
			}
			r.conn = conn
			return nil
		}
		if _, ok := r.source.Retryable(err); !ok && !errors.Is(err, errStalled) {
			return err
		}
		if err := r.interrupted(err); err != nil {
			return err
		}
	}
}

// readParts reads what read-ahead has fetched. It returns 0 and no error if read-ahead ended.
func (r *Reader) readParts(p []byte) (int, error) {
	if empty, noRanges := r.ahead.empty(); empty && r.conn.Body != nil { // the connection continues from here
		r.stopReadAhead()
		if noRanges {
			r.starts = maxStarts
		}
		return 0, nil
	}
	r.conn.close()
	n, err := r.ahead.read(p)
	if n > 0 {
		r.advance(n)
		return n, nil
	}
	r.stopReadAhead()
	switch {
	case errors.Is(err, errNoRanges):
		r.starts = maxStarts
	case err == nil || r.off >= r.end:
	default:
		return 0, r.interrupted(err)
	}
	if r.off >= r.end {
		return 0, io.EOF
	}
	return 0, nil
}

func (r *Reader) stopReadAhead() {
	r.ahead.close()
	r.ahead, r.pace = nil, pace{}
}

// maxStarts is how often one Reader starts read-ahead. Parts fetched for a client that then pauses are dropped, so
// a client that pauses again and again would have every byte fetched twice.
const maxStarts = 2

// Close ends every request. A Read after it fails with fs.ErrClosed.
func (r *Reader) Close() error {
	r.closed = true
	if r.ahead != nil {
		r.ahead.close()
	}
	if r.conn.Body == nil {
		return nil
	}
	defer r.conn.close() // also if the body panics
	if rest := r.end - r.off; rest > 0 && rest <= drainLimit && r.ctx.Err() == nil {
		r.conn.drain(rest, drainTimeout)
	}
	return nil
}
