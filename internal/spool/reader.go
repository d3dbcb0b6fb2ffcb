package spool

import (
	"context"
	"sync"
)

// Reader reads a spool from an offset on. It must be closed, and is for one goroutine.
type Reader struct {
	spool *Spool
	ctx   context.Context //nolint:containedctx // of the reads
	off   int64
	close func()
}

// Reader returns a reader from off on, whose reads end with ctx. The caller is a user of the spool.
func (s *Spool) Reader(ctx context.Context, off int64) *Reader {
	s.Acquire()
	return &Reader{spool: s, ctx: ctx, off: off, close: sync.OnceFunc(s.Release)}
}

// Read returns bytes that are written, or waits for some. It returns io.EOF after the last byte of complete content.
func (r *Reader) Read(p []byte) (int, error) {
	for len(p) > 0 {
		n, grown, end := r.spool.at(r.off)
		if n > 0 {
			read, err := r.spool.file.ReadAt(p[:min(int64(len(p)), n)], r.off)
			r.off += int64(read)
			return read, err
		}
		if end != nil {
			return 0, end
		}
		select {
		case <-grown:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	return 0, nil
}

// Close ends the use of the spool. No read may follow.
func (r *Reader) Close() error {
	r.close()
	return nil
}
