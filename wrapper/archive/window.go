package archive

import (
	"context"
	"io"

	"github.com/go-downloadview/downloadview/wrapper"
)

// window reads a range of an archive.
type window struct {
	ctx      context.Context //nolint:containedctx // of the reader, as wrapper.Source.Open defines it
	layout   *layout
	pos, end int64
	i        int // the member at pos

	buf     []byte   // bytes of the archive's own from pos on
	content *content // of the member at pos, or nil
	ahead   *ahead
	sums    *sumsReader
	err     error
}

func newWindow(ctx context.Context, l *layout, off, end int64) *window {
	return &window{
		ctx: ctx, layout: l, pos: off, end: end, i: l.at(off),
		ahead: newAhead(ctx, l, off, end), sums: &sumsReader{ctx: ctx, layout: l},
	}
}

// Info returns the metadata of the archive.
func (w *window) Info() wrapper.Info { return w.layout.info() }

// begin opens the first member of the window, so that its failure is known before the first byte is sent.
func (w *window) begin() error {
	i := w.i
	if i == len(w.layout.members) {
		return nil
	}
	m := &w.layout.members[i]
	if from := m.start + m.head; w.pos < from+m.body && w.end > from {
		return w.ahead.begin(i)
	}
	return nil
}

func (w *window) Read(p []byte) (n int, err error) {
	for n < len(p) && w.err == nil {
		if w.pos == w.end && w.content == nil {
			w.err = io.EOF
			break
		}
		if n > 0 && w.content == nil && len(w.buf) == 0 && !w.ready() {
			return n, nil // rather than wait for the storage
		}
		was := w.content
		var c int
		c, w.err = w.step(p[n:])
		n += c
		if was != nil && was == w.content && (c == 0 || was.streaming) {
			break
		}
	}
	return n, w.failed(n)
}

// failed returns the error of a Read that has n bytes. An error after bytes is that of the next Read.
func (w *window) failed(n int) error {
	if n > 0 {
		return nil
	}
	return w.err
}

// ready reports whether the next bytes are made without a request that is in flight.
func (w *window) ready() bool {
	if w.i == len(w.layout.members) {
		return true
	}
	m := &w.layout.members[w.i]
	rel := w.pos - m.start - m.head
	return rel < 0 || rel >= m.body || w.ahead.ready(w.i)
}

// step reads once from the part of the archive at pos.
func (w *window) step(p []byte) (n int, err error) {
	switch {
	case len(w.buf) > 0:
		n = copy(p, w.buf)
		w.buf = w.buf[n:]
		w.pos += int64(n)
		return n, nil
	case w.content != nil:
		n, err = w.content.Read(p)
		w.pos += int64(n)
		if err == io.EOF {
			err = w.finish()
		}
		return n, err
	case w.i == len(w.layout.members):
		return 0, w.trailer()
	default:
		return 0, w.member()
	}
}

// member begins the part of the current member at pos.
func (w *window) member() (err error) {
	m := &w.layout.members[w.i]
	rel := w.pos - m.start
	switch {
	case rel < m.head:
		w.own(w.layout.format.header(m), m.start)
	case rel < m.head+m.body:
		w.content, err = w.openContent()
	case rel < m.head+m.body+m.foot:
		crc, err := w.sums.of(m)
		if err != nil {
			return w.layout.memberError(m, err)
		}
		w.own(w.layout.format.footer(m, crc), m.start+m.head+m.body)
	default:
		w.i++
	}
	return err
}

// own makes bytes of the archive's own, which begin at an offset of the archive, the next ones to read.
func (w *window) own(b []byte, at int64) {
	w.buf = b[w.pos-at : min(int64(len(b)), w.end-at)]
}

func (w *window) trailer() error {
	l := w.layout
	from, to := l.format.batch(l, w.pos-l.content, w.end-l.content)
	if err := w.sums.readAll(from, to); err != nil {
		return err
	}
	b, off := l.format.records(l, from, to, func(m *member) uint32 {
		crc, _ := l.sums.get(m) // readAll made it known
		return crc
	})
	w.own(b, l.content+off)
	return nil
}

// Close ends all requests, and stores the checksums that were computed.
func (w *window) Close() error {
	if w.err == nil {
		w.err = errClosed
	}
	var err error
	if w.content != nil {
		err = w.content.Close()
		w.content = nil
	}
	w.ahead.close()
	w.sums.close()
	w.buf = nil
	return err
}
