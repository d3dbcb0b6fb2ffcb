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

// writer writes an object of the inner bucket. Break fails the Write that would go beyond byte At; FailClose
// fails the Close. After either, the object is what it was.
type writer struct {
	w      *blob.Writer
	cancel context.CancelFunc
	rec    *record
	faults armed
	once   sync.Once
	pos    int64
}

func (w *writer) Write(p []byte) (int, error) {
	if f := w.faults.find(breakOff); f != nil && w.pos+int64(len(p)) > f.At {
		f.fire()
		w.cancel()
		return 0, f.Action.err
	}
	n, err := w.w.Write(p)
	w.pos += int64(n)
	w.rec.add(int64(n))
	return n, err
}

func (w *writer) Close() error {
	defer w.cancel()
	w.once.Do(w.rec.close)
	injected := w.faults.closeError()
	if injected != nil {
		w.cancel()
	}
	err := w.w.Close()
	if injected != nil {
		return injected
	}
	return err
}
