package storagetest

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
)

func (d *driverBucket) NewRangeReader(
	ctx context.Context, key string, off, n int64, opts *driver.ReaderOptions,
) (driver.Reader, error) {
	rec := d.recorder.begin(Call{Op: OpRead, Key: key, Off: off, N: n})
	a := d.script.match(OpRead, key)
	ctx, err := a.before(ctx)
	if err != nil {
		rec.fail(err)
		return nil, err
	}
	if _, ok := a.take(ignoreRange); ok {
		off, n = 0, ToEnd
	}
	if off > 0 || n >= 0 {
		if f, ok := a.take(shiftRange); ok {
			off = max(0, off+f.n)
		}
	}
	in, err := d.inner.NewRangeReader(ctx, key, off, n, &blob.ReaderOptions{BeforeRead: opts.BeforeRead})
	if err != nil {
		rec.fail(err)
		return nil, err
	}
	r := &reader{in: in, rec: rec, faults: a, closed: make(chan struct{})}
	r.attrs = driver.ReaderAttributes{ContentType: in.ContentType(), ModTime: in.ModTime(), Size: in.Size()}
	a.readerAttributes(&r.attrs)
	r.r = a.body(in, faultEnv{ctx: ctx, closed: r.closed,
		overwrite: func(content string) error {
			return d.inner.WriteAll(context.WithoutCancel(ctx), key, []byte(content), nil)
		},
		remove: func() error { return d.inner.Delete(context.WithoutCancel(ctx), key) },
	})
	return r, nil
}

func (a activeFaults) readerAttributes(attrs *driver.ReaderAttributes) {
	if f, ok := a.take(resize); ok {
		attrs.Size += f.n
	}
	if _, ok := a.take(stripValidators); ok {
		attrs.ModTime = time.Time{}
	}
	if _, ok := a.take(changeValidators); ok {
		attrs.ModTime = attrs.ModTime.Add(otherTime)
	}
}

// reader reads an object of the inner bucket with faults.
type reader struct {
	in     *blob.Reader
	r      io.Reader
	rec    *record
	attrs  driver.ReaderAttributes
	faults activeFaults

	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	file  *os.File // given to the caller, which bypasses this reader
	start int64    // its offset at that time
}

func (r *reader) Attributes() *driver.ReaderAttributes { return &r.attrs }

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.rec.add(int64(n))
	return n, err
}

// As forwards to the inner reader, unless a fault affects the body.
func (r *reader) As(i any) bool {
	if r.faults.affectsBody() || !r.in.As(i) {
		return false
	}
	if p, ok := i.(*io.Reader); ok {
		r.trackFile(*p)
	}
	return true
}

// trackFile records the offset of a file that the caller reads directly or sends with sendfile. Close computes the
// number of bytes from its offset then.
func (r *reader) trackFile(in io.Reader) {
	if l, ok := in.(*io.LimitedReader); ok {
		in = l.R
	}
	f, ok := in.(*os.File)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		return
	}
	if at, err := f.Seek(0, io.SeekCurrent); err == nil {
		r.file, r.start = f, at
	}
}

func (r *reader) Close() error {
	err := r.faults.closeError()
	r.once.Do(func() {
		close(r.closed)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.file != nil {
			if at, serr := r.file.Seek(0, io.SeekCurrent); serr == nil {
				r.rec.add(at - r.start)
			}
		}
		r.rec.close()
	})
	if cerr := r.in.Close(); err == nil {
		err = cerr
	}
	return err
}
