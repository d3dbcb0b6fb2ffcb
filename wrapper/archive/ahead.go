package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/wrapper"
)

const (
	smallMember = 1 << 20   // the largest part of a member that is read ahead
	firstDepth  = 4         // members in flight at first; doubled whenever the reader waits for one
	aheadTotal  = 256 << 20 // bytes that all windows hold
)

// held is how many bytes all windows hold.
var held atomic.Int64

// ahead opens the members of a window in their order, and reads small ones before their turn.
type ahead struct {
	ctx      context.Context //nolint:containedctx // of the window
	cancel   context.CancelFunc
	layout   *layout
	pos, end int64 // the window

	next  int // the member to read ahead next
	depth int
	bytes int64 // held by queue and by the buffered content that is open
	queue []*fetched
	spare [][]byte
	first io.ReadCloser // opened by begin, or nil

	jobs    chan *fetched // nil before the first
	unread  atomic.Int32  // jobs that are not done
	workers int32
	running sync.WaitGroup // of workers
}

func newAhead(ctx context.Context, l *layout, pos, end int64) *ahead {
	a := &ahead{layout: l, pos: pos, end: end, depth: min(firstDepth, l.options.Parallel)}
	a.ctx, a.cancel = context.WithCancel(ctx)
	return a
}

// begin opens the first member of the window, or waits until it is read.
func (a *ahead) begin(i int) (err error) {
	off, n := a.layout.needed(i, a.pos, a.end)
	if n == 0 {
		return nil
	}
	a.fill(i)
	m := &a.layout.members[i]
	if len(a.queue) > 0 && a.queue[0].i == i {
		<-a.queue[0].done
		err = a.queue[0].err
	} else {
		a.first, err = m.open(a.ctx, off, n)
	}
	return a.layout.memberError(m, err)
}

// open returns a part of a member, which the window needs next, and whether its reads may wait for the storage.
func (a *ahead) open(i int, off, n int64) (rc io.ReadCloser, waits bool, err error) {
	m := &a.layout.members[i]
	waits = !m.file.Local()
	if rc = a.first; rc != nil {
		a.first = nil
		return rc, waits, nil
	}
	a.fill(i)
	if len(a.queue) == 0 || a.queue[0].i != i {
		rc, err = m.open(a.ctx, off, n)
		return rc, waits, err
	}
	f := a.queue[0]
	if !a.ready(i) {
		a.depth = min(2*a.depth, a.layout.options.Parallel)
		a.fill(i)
		<-f.done
	}
	a.queue = a.queue[1:]
	switch {
	case f.err == nil:
		return &buffered{Reader: *bytes.NewReader(f.data), ahead: a, data: f.data, crc: f.crc}, false, nil
	case errors.Is(f.err, wrapper.ErrChanged) || errors.Is(f.err, fs.ErrNotExist) || a.ctx.Err() != nil:
		err = f.err
	default: // for example, no connection was free so early
		rc, err = m.open(a.ctx, off, n)
	}
	a.release(f.data)
	return rc, waits, err
}

// ready reports whether open and reads of a member do not wait for the storage.
func (a *ahead) ready(i int) bool {
	if len(a.queue) == 0 || a.queue[0].i != i {
		return a.layout.members[i].file.Local()
	}
	select {
	case <-a.queue[0].done:
		return true
	default:
		return false
	}
}

// fill starts reads of members from the i-th on, up to the first that is not small.
func (a *ahead) fill(i int) {
	a.next = max(a.next, i)
	for ; a.next < len(a.layout.members) && len(a.queue) < a.depth; a.next++ {
		m := &a.layout.members[a.next]
		if m.start >= a.end {
			return
		}
		off, n := a.layout.needed(a.next, a.pos, a.end)
		if n == 0 {
			continue
		}
		if n < 0 || n > smallMember || m.file.Local() || a.bytes+n > a.layout.options.ReadAhead {
			return
		}
		if held.Add(n) > aheadTotal {
			held.Add(-n)
			return
		}
		a.bytes += n
		f := &fetched{m: m, i: a.next, off: off, data: a.buffer(n), done: make(chan struct{})}
		a.queue = append(a.queue, f)
		a.start(f)
	}
}

// close ends all reads.
func (a *ahead) close() {
	a.cancel()
	if a.first != nil {
		_ = a.first.Close()
		a.first = nil
	}
	if a.jobs != nil {
		close(a.jobs)
		a.jobs = nil
	}
	a.running.Wait()
	for _, f := range a.queue {
		a.release(f.data)
	}
	a.queue, a.spare = nil, nil
}
