package storagetest

import (
	"context"
	"errors"
	"io"
	"time"
)

// errClosed is the error of a stalled Read whose body is closed.
var errClosed = errors.New("read from a closed body")

// faultEnv is the environment of a body's faults: its context and its object.
type faultEnv struct {
	ctx    context.Context //nolint:containedctx // of the call
	closed <-chan struct{} // closed with the body

	overwrite func(content string) error // both are nil for HTTP; see refuseHTTP
	remove    func() error
}

// body applies the faults to a body, in their order.
func (a activeFaults) body(r io.Reader, where faultEnv) io.Reader {
	for _, f := range a {
		switch f.Action.kind {
		case failEnd, extend:
			r = &endFault{scriptedFault: f, r: r}
		case breakOff, truncate, flip, stall, drip, panics, run, overwrite, remove:
			r = &bodyFault{scriptedFault: f, r: r, faultEnv: where}
		}
	}
	return r
}

// closeError returns the error of FailClose, or nil.
func (a activeFaults) closeError() error {
	if f, ok := a.take(failClose); ok {
		return f.err
	}
	return nil
}

// bodyFault is a reader with a fault at one position.
type bodyFault struct {
	*scriptedFault
	faultEnv

	r    io.Reader
	pos  int64
	done bool
}

func (b *bodyFault) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if left := b.At - b.pos; left > 0 {
		p = p[:min(int64(len(p)), left)]
		return b.pass(p)
	}
	if b.done {
		return b.pass(p)
	}
	switch b.Action.kind {
	case flip:
		n, err := b.pass(p)
		if n > 0 {
			p[0] ^= 0xff
			b.fire()
			b.done = true
		}
		return n, err
	case drip:
		b.fire()
		if err := b.wait(b.Action.pause); err != nil {
			return 0, err
		}
		return b.pass(p[:min(int64(len(p)), max(1, b.Action.n))])
	}
	b.fire()
	if err := b.act(); err != nil {
		return 0, err
	}
	b.done = true
	return b.pass(p)
}

func (b *bodyFault) pass(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.pos += int64(n)
	return n, err
}

// act performs an action that happens once.
func (b *bodyFault) act() error {
	switch b.Action.kind {
	case breakOff:
		return b.Action.err
	case truncate:
		return io.EOF
	case stall:
		return b.wait(b.Action.pause)
	case panics:
		panic(b.Action.value)
	case run:
		b.Action.run()
	case overwrite:
		return b.overwrite(b.Action.content)
	case remove:
		return b.remove()
	}
	return nil
}

// wait blocks a Read for d, or without limit if d is 0. It returns early if the context is done or the body is
// closed.
func (b *bodyFault) wait(d time.Duration) error {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	case <-b.closed:
		return errClosed
	}
}

// endFault is a reader with a fault at its end.
type endFault struct {
	*scriptedFault

	r     io.Reader
	extra int64 // bytes sent after the end
}

func (e *endFault) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if n > 0 || err != io.EOF {
		if err == io.EOF {
			err = nil // the next Read returns it
		}
		return n, err
	}
	e.fire()
	if e.Action.kind == failEnd {
		return 0, e.Action.err
	}
	n = int(min(int64(len(p)), e.Action.n-e.extra))
	if n == 0 {
		return 0, io.EOF
	}
	clear(p[:n])
	e.extra += int64(n)
	return n, nil
}
