package wrapper_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// countingSource is content in memory that counts the calls of its methods and can be replaced.
type countingSource struct {
	mu      sync.Mutex
	content []byte
	info    wrapper.Info
	stats   int
	opens   []window
	open    int // bodies not yet closed
	gone    bool
}

type window struct{ off, n int64 }

func newCountingSource(content string) *countingSource {
	return &countingSource{content: []byte(content), info: wrapper.Info{Size: int64(len(content)), ETag: `"v1"`}}
}

func (c *countingSource) replace(content, etag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.content = []byte(content)
	c.info = wrapper.Info{Size: int64(len(content)), ETag: etag}
}

func (c *countingSource) Stat(ctx context.Context) (wrapper.Info, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats++
	if c.gone {
		return wrapper.Info{}, fs.ErrNotExist
	}
	return c.info, ctx.Err()
}

func (c *countingSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opens = append(c.opens, window{off, n})
	if c.gone {
		return nil, fs.ErrNotExist
	}
	content := c.content[min(off, int64(len(c.content))):]
	if n >= 0 {
		content = content[:min(n, int64(len(content)))]
	}
	c.open++
	return &countingBody{Reader: bytes.NewReader(content), c: c, info: c.info}, ctx.Err()
}

func (c *countingSource) calls() (stats int, opens []window, open int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats, c.opens, c.open
}

type countingBody struct {
	*bytes.Reader
	c    *countingSource
	info wrapper.Info
	once sync.Once
}

func (b *countingBody) Info() wrapper.Info { return b.info }

func (b *countingBody) Close() error {
	b.once.Do(func() {
		b.c.mu.Lock()
		b.c.open--
		b.c.mu.Unlock()
	})
	return nil
}

func readAll(t *testing.T, r io.ReadCloser) string {
	t.Helper()
	require.NotNil(t, r)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.NoError(t, r.Close())
	return string(b)
}
