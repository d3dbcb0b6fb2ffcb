package wrapper_test

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// openings counts the content that is open and that was opened.
type openings struct {
	of, now atomic.Int64
	seekErr error
}

type openedContent struct {
	*strings.Reader
	counts *openings
}

func (c *openedContent) Close() error { c.counts.now.Add(-1); return nil }

func (c *openedContent) Seek(off int64, whence int) (int64, error) {
	if c.counts.seekErr != nil {
		return 0, c.counts.seekErr
	}
	return c.Reader.Seek(off, whence)
}

func (o *openings) open() *openedContent {
	o.of.Add(1)
	o.now.Add(1)
	return &openedContent{strings.NewReader(digits), o}
}

// files returns a file of each kind.
func (o *openings) files() map[string]*wrapper.File {
	return map[string]*wrapper.File{
		"ReaderAt":   wrapper.ReaderAt("f", func(ctx) (io.ReaderAt, int64, error) { return o.open(), 10, nil }),
		"ReadSeeker": wrapper.ReadSeeker("f", func(ctx) (io.ReadSeeker, error) { return o.open(), nil }),
	}
}

func TestOpenedContentIsClosedAfterEachUse(t *testing.T) {
	t.Parallel()
	for kind := range new(openings).files() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var o openings
			f := o.files()[kind]
			require.NoError(t, storagetest.TestFile(f, []byte(digits)))
			assert.Zero(t, o.now.Load())

			o.of.Store(0)
			known := f.WithInfo(wrapper.Info{Size: 10, ETag: `"e"`})
			resp, err := known.Fetch(t.Context(), wrapper.Request{Range: "bytes=2-4", IfRange: `"e"`})
			require.NoError(t, err)
			assert.Equal(t, "234", readAll(t, resp.Body))
			assert.EqualValues(t, 1, o.of.Load(), "opened")
			_, err = known.Fetch(t.Context(), wrapper.Request{IfNoneMatch: `"e"`})
			require.NoError(t, err)
			assert.EqualValues(t, 1, o.of.Load(), "opened")
			assert.Zero(t, o.now.Load())

			_, err = io.ReadAll(known.WithInfo(wrapper.Info{Size: 9}).Reader(t.Context()))
			require.ErrorIs(t, err, wrapper.ErrChanged, "its length is not the known one")
			assert.Zero(t, o.now.Load())
		})
	}
}

func TestOpenedContentThatCannotSeekFails(t *testing.T) {
	t.Parallel()
	o := openings{seekErr: errMidway}
	_, err := o.files()["ReadSeeker"].Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, errMidway)
	require.ErrorContains(t, err, "length of the content")
	assert.Zero(t, o.now.Load())
}

func TestMissingOpenedContentKeepsTheContract(t *testing.T) {
	t.Parallel()
	require.NoError(t, storagetest.TestFile(wrapper.ReaderAt("f", func(ctx) (io.ReaderAt, int64, error) { return nil, 0, fs.ErrNotExist }), nil))
	require.NoError(t, storagetest.TestFile(wrapper.ReadSeeker("f", func(ctx) (io.ReadSeeker, error) { return nil, fs.ErrNotExist }), nil))
}

func TestReadOfOpenedContentEndsWithItsContext(t *testing.T) {
	t.Parallel()
	var o openings
	for kind, f := range o.files() {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := f.Open(ctx, 0, -1)
		require.NoError(t, err, kind)
		cancel()
		_, err = r.Read(make([]byte, 1))
		require.ErrorIs(t, err, context.Canceled, kind)
		require.NoError(t, r.Close())
		_, err = f.Open(ctx, 0, -1)
		require.ErrorIs(t, err, context.Canceled, kind)
	}
	assert.Zero(t, o.now.Load())
}
