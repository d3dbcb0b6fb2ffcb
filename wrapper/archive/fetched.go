package archive

import (
	"bytes"
	"context"
	"hash/crc32"
	"io"

	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fetched is a part of a member that is read ahead.
type fetched struct {
	m    *member
	i    int
	off  int64
	data []byte
	crc  uint32        // of data, if the member needs it; set before done is closed
	err  error         // set before done is closed
	done chan struct{} // closed at the end of the read
}

// start makes a worker read f. Workers are reused, because the stack of a new goroutine has to grow for each member.
func (a *ahead) start(f *fetched) {
	if a.jobs == nil {
		a.jobs = make(chan *fetched, a.layout.options.Parallel)
	}
	a.jobs <- f
	if a.unread.Add(1) > a.workers {
		a.workers++
		jobs := a.jobs
		a.running.Go(func() { a.work(jobs) })
	}
}

// work reads members until the window is closed.
func (a *ahead) work(jobs <-chan *fetched) {
	ended := false
	defer func() {
		if !ended { // by runtime.Goexit in a source
			a.running.Go(func() { a.work(jobs) })
		}
	}()
	for f := range jobs {
		flight.Conclude(func() error { return f.read(a.ctx) }, func(err error) {
			f.err = err
			a.unread.Add(-1)
			close(f.done)
		})
	}
	ended = true
}

func (f *fetched) read(ctx context.Context) error {
	err := f.m.read(ctx, f.off, f.data)
	if err == nil && f.m.needsCRC(f.off, int64(len(f.data))) {
		f.crc = crc32.ChecksumIEEE(f.data)
	}
	return err
}

// buffer returns a buffer of n bytes.
func (a *ahead) buffer(n int64) []byte {
	if last := len(a.spare) - 1; last >= 0 {
		b := a.spare[last]
		a.spare = a.spare[:last]
		if int64(cap(b)) >= n {
			return b[:n]
		}
	}
	return make([]byte, n)
}

func (a *ahead) release(b []byte) {
	a.bytes -= int64(len(b))
	held.Add(-int64(len(b)))
	a.spare = append(a.spare, b)
}

// buffered is a member that was read ahead.
type buffered struct {
	bytes.Reader
	ahead *ahead
	data  []byte
	crc   uint32
}

func (b *buffered) Close() error {
	b.ahead.release(b.data)
	return nil
}

// open opens a part of the version of the member that was described.
func (m *member) open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	rc, err := m.file.OpenVersion(ctx, m.info, off, n)
	if err != nil {
		return nil, err
	}
	if d, ok := rc.(interface{ Info() wrapper.Info }); ok {
		if coding := d.Info().ContentEncoding; coding != "" {
			_ = rc.Close()
			return nil, codedError(coding)
		}
	}
	return rc, nil
}

// read fills p with the content from off on.
func (m *member) read(ctx context.Context, off int64, p []byte) (err error) {
	rc, err := m.open(ctx, off, int64(len(p)))
	if err != nil {
		return err
	}
	defer closeAfter(rc, &err)
	return readAll(rc, p)
}
