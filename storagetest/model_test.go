package storagetest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/go-downloadview/downloadview/wrapper"
)

var errBroken = errors.New("broken on purpose")

// model is a source that keeps the contract. A mutant replaces one of its functions.
type model struct {
	content []byte
	info    wrapper.Info

	stat func(ctx context.Context) (wrapper.Info, error)
	open func(ctx context.Context, off, n int64) (io.ReadCloser, error)
	body func(r io.Reader) io.Reader // wraps the body of window
	read *wrapper.Info               // Info of a reader; nil is a reader without Info

	mu    sync.Mutex
	calls int
}

func newModel(content []byte) *model {
	return &model{content: content, info: wrapper.Info{Size: int64(len(content)), ETag: `"v1"`, ModTime: modified}}
}

func (m *model) want() []byte { return append([]byte{}, m.content...) }

// count returns the number of calls of count.
func (m *model) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	return m.calls
}

func (m *model) Stat(ctx context.Context) (wrapper.Info, error) {
	if m.stat != nil {
		return m.stat(ctx)
	}
	return m.info, ctx.Err()
}

func (m *model) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if m.open != nil {
		return m.open(ctx, off, n)
	}
	return m.window(ctx, off, n)
}

// window is an Open that keeps the contract.
func (m *model) window(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	content := m.content[min(off, int64(len(m.content))):]
	if n >= 0 {
		content = content[:min(n, int64(len(content)))]
	}
	r := io.Reader(bytes.NewReader(content))
	if m.body != nil {
		r = m.body(r)
	}
	rc := io.NopCloser(r)
	if m.read != nil {
		return informed{rc, *m.read}, nil
	}
	return rc, ctx.Err()
}

type informed struct {
	io.ReadCloser
	info wrapper.Info
}

func (i informed) Info() wrapper.Info { return i.info }

// fetcher is a model with Fetch.
type fetcher struct {
	*model
	fetch func(ctx context.Context, f *wrapper.File, req wrapper.Request) (*wrapper.Response, error)
}

func (f *fetcher) Fetch(ctx context.Context, req wrapper.Request) (*wrapper.Response, error) {
	return f.fetch(ctx, wrapper.New("model", f.model), req)
}

// soundly is a Fetch that keeps the contract.
func soundly(ctx context.Context, f *wrapper.File, req wrapper.Request) (*wrapper.Response, error) {
	return f.Fetch(ctx, req)
}

// signer is a model with SignedURL.
type signer struct {
	*model
	url string
	err error
}

func (s *signer) SignedURL(context.Context, wrapper.SignOptions) (string, error) { return s.url, s.err }

// closer is a body with its own Close.
type closer struct {
	io.Reader
	close func() error
}

func (c closer) Close() error { return c.close() }

// readFunc is a function that implements io.Reader.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func fixed(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// lockedReader is a reader with one position that goroutines share without a data race.
type lockedReader struct {
	mu sync.Mutex
	r  bytes.Reader
}

func (l *lockedReader) reset(content []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.r.Reset(content)
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}
