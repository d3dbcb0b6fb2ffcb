package blobdownload_test

import (
	"bytes"
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// modTime is the modification time of all content in these tests.
var modTime = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

const modTimeHTTP = "Mon, 06 May 2024 07:08:09 GMT"

// countingSource is a Source that counts its calls and returns configured errors.
type countingSource struct {
	info    wrapper.Info
	content []byte
	body    func(off, n int64) io.Reader // instead of content
	inner   *wrapper.File                // instead of all of these

	statErr, openErr error

	mu      sync.Mutex
	stats   int
	closes  int
	windows []wrapper.Range
}

func (p *countingSource) Stat(ctx context.Context) (wrapper.Info, error) {
	p.mu.Lock()
	p.stats++
	p.mu.Unlock()
	if p.inner != nil {
		return p.inner.Stat(ctx)
	}
	return p.info, p.statErr
}

func (p *countingSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.openErr != nil {
		return nil, p.openErr
	}
	if n < 0 && p.info.Size >= 0 && p.inner == nil {
		n = p.info.Size - off // what an open end comes to
	}
	var r io.Reader
	switch {
	case p.inner != nil:
		rc, err := p.inner.Open(ctx, off, n)
		if err != nil {
			return nil, err
		}
		p.windows = append(p.windows, wrapper.Range{Off: off, N: n})
		return &countingBody{rc, rc, p}, nil
	case p.body != nil:
		r = p.body(off, n)
	default:
		b := p.content[off:]
		if n >= 0 {
			b = b[:n]
		}
		r = bytes.NewReader(b)
	}
	p.windows = append(p.windows, wrapper.Range{Off: off, N: n})
	return &countingBody{r, nil, p}, nil
}

func (p *countingSource) file(name string) *wrapper.File { return wrapper.New(name, p) }

// counts returns the number of Stat calls, opened readers and closed readers.
func (p *countingSource) counts() (stats, opens, closes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats, len(p.windows), p.closes
}

func (p *countingSource) opened() []wrapper.Range {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]wrapper.Range(nil), p.windows...)
}

// closedOnce waits until every reader of p has been closed, and asserts that none was closed twice.
func (p *countingSource) closedOnce(t *testing.T, opens int) {
	t.Helper()
	require.Eventually(t, func() bool { _, o, c := p.counts(); return o == opens && c >= o }, 5*time.Second, time.Millisecond)
	_, o, c := p.counts()
	require.Equal(t, o, c, "closed as often as opened")
}

func newCountingSource(content string) *countingSource {
	return &countingSource{
		info:    wrapper.Info{Size: int64(len(content)), ETag: `"v1"`, ModTime: modTime},
		content: []byte(content),
	}
}

type countingBody struct {
	io.Reader
	inner  io.Closer
	source *countingSource
}

func (b *countingBody) Close() error {
	b.source.mu.Lock()
	b.source.closes++
	b.source.mu.Unlock()
	if b.inner != nil {
		return b.inner.Close()
	}
	return nil
}
