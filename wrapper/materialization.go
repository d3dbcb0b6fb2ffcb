package wrapper

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/internal/drain"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/spool"
)

// materialization is one generation in flight: its clients read the spool while it is written.
type materialization struct {
	m      *Materializer
	source *materializedSource
	spool  *spool.Spool
	cancel context.CancelFunc

	settle func(Info, error) // sets info and err, and closes ready; only the first call has an effect
	ready  chan struct{}
	info   Info
	err    error // of a generation that failed before its first byte

	upload   sync.WaitGroup
	clients  int  // guarded by m.mu
	complete bool // all content is in the spool; guarded by m.mu
}

// join returns the generation in flight for a source, or starts one, once its metadata is known. The caller must leave it.
// It returns nil if the content cannot be stored: there is no temporary file, or Shutdown was called. It fails with
// errStored if the object was stored after begun.
func (m *Materializer) join(ctx context.Context, s *materializedSource, begun time.Time, replace bool) (*materialization, error) {
	r, err := m.enter(ctx, s, begun, replace)
	if r == nil {
		return nil, err
	}
	select {
	case <-r.ready:
		err = r.err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		r.leave()
		return nil, err
	}
	return r, nil
}

// errStored is the error of a generation that has become needless.
var errStored = errors.New("the object is stored")

// enter is join without waiting for the metadata.
func (m *Materializer) enter(ctx context.Context, s *materializedSource, begun time.Time, replace bool) (*materialization, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[s.key]; r != nil {
		r.join()
		return r, nil
	}
	if at, ok := m.uploaded.get(s.object.loc); ok && !at.ModTime.Before(begun) {
		return nil, errStored
	}
	if !m.active.Acquire() {
		return nil, nil //nolint:nilnil // documented
	}
	sp, err := spool.New(m.TempDir)
	if err != nil {
		m.active.Release()
		m.logStreamed(ctx, s.key, err)
		return nil, nil //nolint:nilnil // documented
	}
	r := &materialization{m: m, source: s, spool: sp, ready: make(chan struct{})}
	r.join()
	var once sync.Once
	r.settle = func(info Info, err error) {
		once.Do(func() {
			r.info, r.err = info, err
			close(r.ready)
		})
	}
	if m.runs == nil {
		m.runs = map[string]*materialization{}
	}
	m.runs[s.key] = r
	r.start(context.WithoutCancel(ctx), replace)
	return r, nil
}

// join adds a client. The caller holds m.mu, and is a client already or has found the generation in m.runs.
func (r *materialization) join() {
	r.clients++
	r.spool.Acquire()
}

// leave ends the use by one client. The last one of an incomplete generation cancels it.
func (r *materialization) leave() {
	defer r.spool.Release()
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	r.clients--
	if r.clients == 0 && !r.complete {
		r.cancel()
		r.forget()
	}
}

// forget makes the next request for the key start another generation. The caller holds m.mu.
func (r *materialization) forget() {
	if r.m.runs[r.source.key] == r {
		delete(r.m.runs, r.source.key)
	}
}

// start generates the content and stores it, in goroutines of their own.
func (r *materialization) start(ctx context.Context, replace bool) {
	storages := new(drain.Hold) // not those of the first client, which may leave
	ctx, r.cancel = context.WithTimeout(drain.WithHold(ctx, storages), r.m.timeout())
	// A generator that ignores its context blocks neither its clients nor its key.
	stop := context.AfterFunc(ctx, func() { r.fail(ctx.Err()) })
	go flight.Conclude(func() error { return r.generate(ctx, replace) }, func(err error) {
		storages.End()
		stop()
		if err != nil {
			r.fail(err)
		}
		r.upload.Wait()
		r.cancel()
		r.m.mu.Lock()
		r.forget()
		r.m.mu.Unlock()
		r.spool.Release()
		r.m.active.Release()
	})
}

// fail ends the generation with an error, unless it is complete.
func (r *materialization) fail(err error) {
	r.spool.End(err)
	r.settle(Info{}, err)
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	r.forget()
}

// generate writes the content into the spool.
func (r *materialization) generate(ctx context.Context, replace bool) error {
	resp, err := r.source.made.Fetch(ctx, Request{})
	if err != nil {
		return err
	}
	defer resp.Close()
	r.startUpload(ctx, validator(&resp.Info), replace)
	r.settle(r.source.unstored(resp.Info), nil)
	if resp.Body != nil {
		if _, err := io.CopyBuffer(struct{ io.Writer }{r.spool}, struct{ io.Reader }{resp.Body}, make([]byte, writeToBuffer)); err != nil {
			return err
		}
	}
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	r.complete = true
	r.spool.End(ctx.Err())
	return ctx.Err()
}

// Stat returns the metadata of the content: a materialization is the Source of its clients. Complete content has a length
// and ranges, also while it is uploaded.
func (r *materialization) Stat(context.Context) (Info, error) {
	info := r.info
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	if r.complete {
		info.Size, info.Sequential = r.spool.Size(), false
	}
	return info, nil
}

// Open returns a window of the content, for a client that has joined.
func (r *materialization) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	info, err := r.Stat(ctx)
	if err != nil {
		return nil, err
	}
	r.m.mu.Lock()
	r.join()
	r.m.mu.Unlock()
	body := r.spool.Reader(ctx, off)
	var window io.Reader = body
	if n >= 0 {
		window = io.LimitReader(body, n)
	}
	return &spoolBody{Reader: window, info: info, close: sync.OnceFunc(func() {
		_ = body.Close()
		r.leave()
	})}, nil
}

// spoolBody is the body for one client.
type spoolBody struct {
	io.Reader
	info  Info
	close func()
}

func (b *spoolBody) Info() Info { return b.info }

func (b *spoolBody) Close() error {
	b.close()
	return nil
}
