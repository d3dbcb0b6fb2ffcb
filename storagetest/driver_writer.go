package storagetest

import (
	"context"
	"sync"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
)

func (d *driverBucket) NewTypedWriter(
	ctx context.Context, key, contentType string, opts *driver.WriterOptions,
) (driver.Writer, error) {
	rec := d.recorder.begin(Call{Op: OpWrite, Key: key})
	a := d.script.match(OpWrite, key)
	ctx, err := a.before(ctx)
	if err != nil {
		rec.fail(err)
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w, err := d.inner.NewWriter(ctx, key, &blob.WriterOptions{
		BufferSize:                  opts.BufferSize,
		MaxConcurrency:              opts.MaxConcurrency,
		CacheControl:                opts.CacheControl,
		ContentDisposition:          opts.ContentDisposition,
		ContentEncoding:             opts.ContentEncoding,
		ContentLanguage:             opts.ContentLanguage,
		ContentType:                 contentType,
		DisableContentTypeDetection: opts.DisableContentTypeDetection,
		ContentMD5:                  opts.ContentMD5,
		Metadata:                    opts.Metadata,
		BeforeWrite:                 opts.BeforeWrite,
		IfNotExist:                  opts.IfNotExist,
	})
	if err != nil {
		cancel()
		rec.fail(err)
		return nil, err
	}
	return &writer{w: w, cancel: cancel, rec: rec, faults: a}, nil
}

// writer writes an object of the inner bucket. Break fails the Write that exceeds byte At; FailClose fails the
// Close. Both leave the object unchanged.
type writer struct {
	w      *blob.Writer
	cancel context.CancelFunc
	rec    *record
	faults activeFaults
	pos    int64

	once sync.Once
	err  error // of closing
}

func (w *writer) Write(p []byte) (int, error) {
	if f := w.faults.find(breakOff); f != nil && w.pos+int64(len(p)) > f.At {
		f.fire()
		w.end(f.Action.err) // now: blob.Writer does not close a writer whose first Write fails
		return 0, f.Action.err
	}
	n, err := w.w.Write(p)
	w.pos += int64(n)
	w.rec.add(int64(n))
	return n, err
}

func (w *writer) Close() error {
	w.end(w.faults.closeError())
	return w.err
}

// end closes the inner writer. An injected error cancels the write first.
func (w *writer) end(injected error) {
	w.once.Do(func() {
		defer w.cancel()
		if injected != nil {
			w.cancel()
		}
		w.err = w.w.Close()
		if injected != nil {
			w.err = injected
		}
		w.rec.close()
	})
}
