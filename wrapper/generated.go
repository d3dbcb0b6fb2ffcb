package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime/debug"
)

// Func returns a file of generated content. write is called once for each body, never for HEAD, and writes the content
// in order. Its return ends the content. Its error aborts the download, so that the client sees a failed transfer and
// not a short file. A panic counts as an error. The length is unknown unless WithInfo declares a Size. If the client
// leaves, ctx is done and writes fail; write must return then. Its writer may be used by other goroutines until write
// returns.
func Func(name string, write func(ctx context.Context, w io.Writer) error) *File {
	return sequential(New(name, funcSource(write)))
}

// Seq returns a file of generated content, the concatenation of chunks. A chunk may be reused when the next one is
// requested. A non-nil error aborts the download as it does for Func.
func Seq(name string, chunks iter.Seq2[[]byte, error]) *File {
	return sequential(New(name, seqSource(chunks)))
}

func sequential(f *File) *File {
	f.known.Sequential = true
	return f
}

// errSequential is the error of a read that does not start at offset 0.
var errSequential = fmt.Errorf("generated content has no ranges: %w", errors.ErrUnsupported)

type funcSource func(context.Context, io.Writer) error

func (s funcSource) Stat(ctx context.Context) (Info, error) {
	return Info{Size: UnknownSize, Sequential: true}, ctx.Err()
}

func (s funcSource) Open(ctx context.Context, off, _ int64) (io.ReadCloser, error) {
	if off > 0 {
		return nil, errSequential
	}
	ctx, cancel := context.WithCancel(ctx)
	return &funcBody{ctx: ctx, cancel: cancel, write: s}, nil
}

// funcBody calls write in a goroutine of its own, from the first Read on.
type funcBody struct {
	ctx    context.Context //nolint:containedctx // for write, at the first Read
	cancel context.CancelFunc
	write  funcSource
	pipe   *io.PipeReader
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
	pr, pw := io.Pipe()
	b.pipe, b.done = pr, make(chan struct{})
	stop := context.AfterFunc(b.ctx, func() { pw.CloseWithError(b.ctx.Err()) })
	go func() {
		defer close(b.done)
		defer stop()
		pw.CloseWithError(callWriter(b.ctx, b.write, pw))
	}()
}

func callWriter(ctx context.Context, write funcSource, w io.Writer) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return write(ctx, w)
}

// Close makes writes fail and waits until write has returned.
func (b *funcBody) Close() error {
	b.cancel()
	if b.pipe == nil {
		return nil
	}
	_ = b.pipe.Close()
	<-b.done
	return nil
}

type seqSource iter.Seq2[[]byte, error]

func (s seqSource) Stat(ctx context.Context) (Info, error) {
	return Info{Size: UnknownSize, Sequential: true}, ctx.Err()
}

func (s seqSource) Open(ctx context.Context, off, _ int64) (io.ReadCloser, error) {
	if off > 0 {
		return nil, errSequential
	}
	next, stop := iter.Pull2(iter.Seq2[[]byte, error](s))
	return &seqBody{ctx: ctx, next: next, stop: stop}, nil
}

type seqBody struct {
	ctx   context.Context //nolint:containedctx // chunks have none
	next  func() ([]byte, error, bool)
	stop  func()
	chunk []byte
}

func (b *seqBody) Read(p []byte) (int, error) {
	for len(b.chunk) == 0 {
		if err := b.ctx.Err(); err != nil {
			return 0, err
		}
		chunk, err, ok := b.next()
		if !ok {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		b.chunk = chunk
	}
	n := copy(p, b.chunk)
	b.chunk = b.chunk[n:]
	return n, nil
}

func (b *seqBody) Close() error {
	b.stop()
	return nil
}
