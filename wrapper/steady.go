package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
	"time"
)

// steady reads a window of remote content over as many connections as it takes. One that is cut, or brings
// nothing for too long, is followed by another from the same byte of the same version. A client that
// is faster than one connection is given several.
type steady struct {
	ctx      context.Context //nolint:containedctx // of the whole download; each connection has its own
	transfer ReadOptions
	open     opener

	conn     *connection // nil before a reopening
	first    connection  // what conn is at first
	slot     func()      // gives back the limiter's place, which the body has for its life
	closed   atomic.Bool
	pos, end int64 // of the content; end is negative when the length is unknown
	pinned   bool  // open can tell the version, so that going on is safe
	late     error // of the last read, which brought bytes too
	failures int   // in a row, without a byte
	pace     pace
	ahead    *readAhead
	starts   int // of reading ahead
}

// opener opens windows of the version of info, or of whatever is there when it is nil.
type opener struct {
	file   *File
	info   *Info
	placed bool // the limiter has a place for it already
}

func (o *opener) enter(ctx context.Context) (release func(), err error) {
	if o.placed {
		return func() {}, nil
	}
	return o.file.limiter.read(ctx)
}

func (s *steady) Read(p []byte) (int, error) {
	for {
		if s.closed.Load() {
			return 0, fs.ErrClosed
		}
		if s.late != nil {
			return 0, s.cut(s.late)
		}
		if s.ahead != nil && s.pos >= s.ahead.start {
			if n, err := s.readAhead(p); n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if s.conn == nil {
			if err := s.reopen(); err != nil {
				return 0, err
			}
		}
		n, err := s.readConn(p)
		if n > 0 {
			s.pos += int64(n)
			s.failures = 0
			switch {
			case err == nil || err == io.EOF:
			case s.pinned:
				s.drop()
			default:
				s.late = err // another connection might bring another version
			}
			return n, nil
		}
		if err == nil {
			return 0, nil
		}
		if errors.Is(err, errSkipped) {
			continue
		}
		if err := s.cut(err); err != nil {
			return 0, err
		}
	}
}

// readConn reads from the connection, no further than where read-ahead takes over.
func (s *steady) readConn(p []byte) (int, error) {
	if s.ahead != nil && int64(len(p)) > s.ahead.start-s.pos {
		p = p[:s.ahead.start-s.pos]
	}
	s.pace.begin()
	n, err := s.conn.read(p, s.transfer.StallTimeout)
	s.pace.end(n)
	if s.ahead == nil && s.pinned && s.starts < maxStarts && s.pace.wantsMore(s.end-s.pos-int64(n), s.transfer) {
		if s.ahead = newReadAhead(s.ctx, s.open, s.pos+int64(n), s.end, s.transfer, s.pace.rate()); s.ahead == nil {
			s.pace = pace{total: s.pace.total}
		} else {
			s.starts++
		}
	}
	return n, err
}

// cut decides what follows a connection that ended: nil to go on with another.
func (s *steady) cut(err error) error {
	if err == io.EOF && (s.end < 0 || s.pos >= s.end) {
		return io.EOF
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if s.end < 0 || s.pos >= s.end || !s.pinned || errors.Is(err, ErrChanged) || errors.Is(err, ErrLength) {
		return err
	}
	s.drop()
	s.failures++
	if s.failures > s.transfer.Resumes {
		return err
	}
	return sleep(s.ctx, backoff(s.failures-1))
}

// reopen opens the rest on a new connection. A failure that may pass counts as a cut.
func (s *steady) reopen() error {
	for {
		conn, err := connect(s.ctx, s.open, s.pos, s.end-s.pos)
		if err == nil {
			if s.failures > 0 {
				countResume(s.ctx)
			}
			s.conn = conn
			return nil
		}
		if _, ok := mayPass(err); !ok {
			return err
		}
		if err := s.cut(err); err != nil {
			return err
		}
	}
}

func (s *steady) drop() {
	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}
}

func (s *steady) readAhead(p []byte) (int, error) {
	if useless, ever := s.ahead.useless(); useless && s.conn != nil { // the connection goes on where it stands
		s.ahead.close()
		s.ahead, s.pace = nil, pace{}
		if ever {
			s.starts = maxStarts
		}
		return 0, nil
	}
	s.drop()
	n, err := s.ahead.read(p)
	s.pos += int64(n)
	if n > 0 {
		s.failures = 0
		return n, nil
	}
	s.ahead.close()
	s.ahead = nil
	s.pace = pace{}
	switch {
	case errors.Is(err, errNoRanges):
		s.starts = maxStarts
	case err == nil || s.pos >= s.end: // one connection is enough again, or it is the end
	default:
		return 0, s.cut(err)
	}
	if s.pos >= s.end {
		return 0, io.EOF
	}
	return 0, nil
}

// maxStarts is how often one body is read ahead. What was fetched for a client that then pauses is lost, and a client
// that pauses again and again would have everything fetched twice.
const maxStarts = 2

// drainLimit is the largest rest that is read for the sake of its connection, when a download ends early.
const drainLimit = 32 << 10

func (s *steady) Close() error {
	s.closed.Store(true)
	defer s.slot()
	if s.ahead != nil {
		s.ahead.close()
	}
	if s.conn == nil {
		return nil
	}
	defer s.conn.close() // even if the body panics again
	if rest := s.end - s.pos; rest > 0 && rest <= drainLimit && s.ctx.Err() == nil {
		s.conn.drain(rest, time.Second)
	}
	return nil
}
