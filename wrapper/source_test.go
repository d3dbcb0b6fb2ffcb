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

// counted is content in memory that can be replaced. It counts the calls of its methods.
type counted struct {
	mu      sync.Mutex
	content []byte
	info    wrapper.Info
	stats   int
	opens   []window
	open    int // bodies not yet closed
	gone    bool
}

type window struct{ off, n int64 }

func newCounted(content string) *counted {
	return &counted{content: []byte(content), info: wrapper.Info{Size: int64(len(content)), ETag: `"v1"`}}
}

func (c *counted) replace(content, etag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.content = []byte(content)
	c.info = wrapper.Info{Size: int64(len(content)), ETag: etag}
}

func (c *counted) Stat(ctx context.Context) (wrapper.Info, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats++
	if c.gone {
		return wrapper.Info{}, fs.ErrNotExist
	}
	return c.info, ctx.Err()
}

func (c *counted) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
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
	return &countedBody{Reader: bytes.NewReader(content), c: c, info: c.info}, ctx.Err()
}

func (c *counted) trips() (stats int, opens []window, open int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats, c.opens, c.open
}

type countedBody struct {
	*bytes.Reader
	c    *counted
	info wrapper.Info
	once sync.Once
}

func (b *countedBody) Info() wrapper.Info { return b.info }

func (b *countedBody) Close() error {
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
