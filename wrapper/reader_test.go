package wrapper_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

var (
	_ io.ReadSeekCloser = (*wrapper.Reader)(nil)
	_ io.ReaderAt       = (*wrapper.Reader)(nil)
	_ io.WriterTo       = (*wrapper.Reader)(nil)
)

func TestReaderPassesIotest(t *testing.T) {
	t.Parallel()
	content := strings.Repeat(digits, 100)
	f := wrapper.New("f", newCountingSource(content))
	require.NoError(t, iotest.TestReader(f.Reader(t.Context()), []byte(content)))
}

func TestReaderOpensAtTheFirstRead(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	r := wrapper.New("f", src).WithInfo(wrapper.Info{Size: 10}).Reader(t.Context())
	for _, whence := range []int{io.SeekStart, io.SeekEnd, io.SeekStart} {
		_, err := r.Seek(0, whence)
		require.NoError(t, err)
	}
	_, err := r.Seek(8, io.SeekStart)
	require.NoError(t, err)
	stats, opens, _ := src.calls()
	require.Zero(t, stats)
	require.Empty(t, opens, "Seek opens no body")
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	assert.Equal(t, "89", string(got))
	_, opens, open := src.calls()
	assert.Equal(t, []window{{8, 2}}, opens)
	assert.Zero(t, open)
}

func TestReaderReadsOneVersionOnly(t *testing.T) {
	t.Parallel()
	src := newCountingSource("AAAAAAAAAA")
	r := wrapper.New("f", src).Reader(t.Context())
	_, err := io.ReadFull(r, make([]byte, 4))
	require.NoError(t, err)
	src.replace("BBBBBBBBBB", `"v2"`)
	_, err = r.Seek(5, io.SeekStart)
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, wrapper.ErrChanged)
	_, err = r.ReadAt(make([]byte, 2), 0)
	require.ErrorIs(t, err, wrapper.ErrChanged)
	require.NoError(t, r.Close())
}

func TestReaderReadAtReadsExactWindowsFromAnyGoroutine(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	r := wrapper.New("f", src).Reader(t.Context())
	var wg sync.WaitGroup
	for off := range int64(8) {
		wg.Go(func() {
			p := make([]byte, 2)
			n, err := r.ReadAt(p, off)
			assert.NoError(t, err)
			assert.Equal(t, digits[off:off+2], string(p[:n]))
		})
	}
	wg.Wait()
	stats, opens, open := src.calls()
	assert.Equal(t, 1, stats, "calls of Stat")
	assert.Len(t, opens, 8)
	for _, w := range opens {
		assert.Equal(t, int64(2), w.n)
	}
	assert.Zero(t, open)
	n, err := r.ReadAt(make([]byte, 5), 7)
	assert.Equal(t, 3, n)
	assert.ErrorIs(t, err, io.EOF)
	_, err = r.ReadAt(make([]byte, 1), 10)
	assert.ErrorIs(t, err, io.EOF)
	_, err = r.ReadAt(make([]byte, 1), -1)
	assert.ErrorIs(t, err, fs.ErrInvalid)
	require.NoError(t, r.Close())
}

func TestReaderWritesToAWriter(t *testing.T) {
	t.Parallel()
	src := newCountingSource(strings.Repeat(digits, 50_000))
	r := wrapper.New("f", src).Reader(t.Context())
	_, err := r.Seek(5, io.SeekStart)
	require.NoError(t, err)
	var out bytes.Buffer
	n, err := r.WriteTo(&out)
	require.NoError(t, err)
	assert.Equal(t, int64(499_995), n)
	assert.Equal(t, string(src.content[5:]), out.String())
	require.NoError(t, r.Close())
}

func TestReaderRejectsInvalidOffsets(t *testing.T) {
	t.Parallel()
	r := wrapper.New("f", newCountingSource(digits)).Reader(t.Context())
	_, err := r.Seek(-1, io.SeekStart)
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = r.Seek(0, 9)
	require.ErrorIs(t, err, fs.ErrInvalid)
	pos, err := r.Seek(100, io.SeekStart)
	require.NoError(t, err)
	require.Equal(t, int64(100), pos)
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "at an offset past the end")
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, fs.ErrClosed)

	stream := wrapper.Func("s", func(_ ctx, w io.Writer) error { _, err := w.Write([]byte("x")); return err })
	_, err = stream.Reader(t.Context()).Seek(0, io.SeekEnd)
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

// A Reader works with http.ServeContent.
func TestReaderServesContent(t *testing.T) {
	t.Parallel()
	r := wrapper.New("f", newCountingSource(digits)).Reader(t.Context())
	defer func() { assert.NoError(t, r.Close()) }()
	req := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	req.Header.Set("Range", "bytes=2-4")
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "text/plain")
	http.ServeContent(rec, req, "f", time.Time{}, r)
	assert.Equal(t, http.StatusPartialContent, rec.Code)
	assert.Equal(t, "234", rec.Body.String())
}
