package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/pipe"
)

// Func returns a file of generated content. write is called once for each body, never for HEAD, and writes the content
// in order. Its return ends the content. Its error aborts the download, so that the client sees a failed transfer and
// not a short file. A panic or a runtime.Goexit counts as an error. The length is unknown unless WithInfo declares a Size.
// If the client leaves, ctx is done and writes fail; write must return then. Its writer may be used by other goroutines
// until write returns. It buffers 32 KiB: a Write waits while the client is slower than write.
func Func(name string, write func(ctx context.Context, w io.Writer) error) *File {
	return &New(name, funcSource(write)).withKnown(Info{Size: UnknownSize, Sequential: true}).file
}

// Seq returns a file of generated content, the concatenation of chunks. A chunk may be reused when the next one is
// requested. A non-nil error aborts the download as it does for Func.
func Seq(name string, chunks iter.Seq2[[]byte, error]) *File {
	return Func(name, func(_ context.Context, w io.Writer) error {
		for chunk, err := range chunks {
			if err != nil {
				return err
			}
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

// errSequential is the error of a read that does not start at offset 0.
var errSequential = fmt.Errorf("generated content has no ranges: %w", errors.ErrUnsupported)

type funcSource func(context.Context, io.Writer) error

func (s funcSource) Stat(ctx context.Context) (Info, error) {
	return Info{Size: UnknownSize, Sequential: true}, ctx.Err()
}

func (funcSource) Network() bool { return false }

// Open returns the first n bytes, or all of them if n is negative. Close stops the generator after them.
func (s funcSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if off > 0 {
		return nil, errSequential
	}
	ctx, cancel := context.WithCancel(ctx)
	b := &funcBody{ctx: ctx, cancel: cancel, write: s}
	if n < 0 {
		return b, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(b, n), b}, nil
}

// funcBody calls write in a goroutine of its own, from the first Read on.
type funcBody struct {
	ctx    context.Context //nolint:containedctx // for write, at the first Read
	cancel context.CancelFunc
	write  funcSource
	pipe   *pipe.Pipe
	done   chan struct{}
}

func (b *funcBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if b.pipe == nil {
		b.start()
	}
	return b.pipe.Read(p)
}

func (b *funcBody) start() {
	p := pipe.New()
	b.pipe, b.done = p, make(chan struct{})
	stop := context.AfterFunc(b.ctx, func() { p.Close(b.ctx.Err()) })
	go flight.Conclude(func() error { return b.write(b.ctx, p) }, func(err error) {
		stop()
		p.Close(err)
		close(b.done)
	})
}

// Close makes writes fail and waits until write has returned.
func (b *funcBody) Close() error {
	b.cancel()
	if b.pipe == nil {
		return nil
	}
	b.pipe.Close(io.ErrClosedPipe)
	<-b.done
	return nil
}
