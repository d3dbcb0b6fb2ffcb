package wrapper_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// A client that is faster than one connection gets several.
func TestReadAheadRequestsParts(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newFaultyStore(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &throttled{w, 8 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Greater(t, s.requests.Load(), int64(10), "most of the content in parts")
}

func TestNegativePartSizeIsTheDefault(t *testing.T) {
	t.Parallel()
	content := random(24 << 20)
	s := newFaultyStore(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &throttled{w, 8 << 20} }
	got, err := fetchAll(t, s.file().WithReadOptions(wrapper.ReadOptions{PartSize: -1}), wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Less(t, s.requests.Load(), int64(10), "parts of 4 MiB")
}

// A body holds one connection of the limiter, also while it has none to the storage.
func TestReadAheadKeepsItsConnectionOfTheLimiter(t *testing.T) {
	t.Parallel()
	content := random(24 << 20)
	s := newFaultyStore(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &throttled{w, 8 << 20} }
	limiter := wrapper.NewLimiter(3, 100*time.Millisecond)
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 8, PartSize: 1 << 20}).WithLimiter(limiter)
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	var got bytes.Buffer
	read := func(n int64) {
		_, err := io.CopyN(&got, struct{ io.Reader }{resp.Body}, n)
		require.NoError(t, err)
	}
	read(8 << 20)
	require.Greater(t, s.requests.Load(), int64(1), "read-ahead has started")
	others := make([]*wrapper.Response, 2)
	for i := range others { // read-ahead ends, and other bodies acquire its spare connections
		require.Eventually(t, func() bool {
			others[i], err = f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-99999"})
			return err == nil
		}, 30*time.Second, 100*time.Millisecond)
	}
	_, err = f.Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrBusy)
	read(int64(len(content) - got.Len()))
	assert.True(t, bytes.Equal(content, got.Bytes()))
	for _, o := range others {
		require.NoError(t, o.Close())
	}
	require.NoError(t, resp.Close())
	_, err = resp.Body.Read(make([]byte, 1))
	require.ErrorIs(t, err, fs.ErrClosed)
}

// The first connection continues if the storage sends the whole content for each part.
func TestReadAheadEndsIfTheStorageIgnoresRange(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newFaultyStore(t, content)
	s.before = func(_ int64, _ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Range")
		return false
	}
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &throttled{w, 8 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.LessOrEqual(t, s.requests.Load(), int64(3), "the first request, and the parts in flight")
	assert.Greater(t, s.requests.Load(), int64(1), "read-ahead has started")
}

func TestReadAheadIsResumedAndPinned(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newFaultyStore(t, content)
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		w = &throttled{w, 8 << 20}
		if n%3 == 2 {
			return &interrupting{ResponseWriter: w, left: 100_000}
		}
		return w
	}
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))

	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		if s.requests.Load() > 30 {
			s.put(random(12<<20+1), `"v2"`)
		}
		return &throttled{w, 8 << 20}
	}
	s.requests.Store(27)
	got, err = fetchAll(t, f, wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChanged)
	assert.True(t, bytes.HasPrefix(content, got))
}

func TestLimiterRejectsARequestAfterItsDeadline(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(1<<20))
	f := s.file().WithLimiter(wrapper.NewLimiter(1, 20*time.Millisecond))
	held, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = f.Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrBusy)
	_, err = f.Stat(t.Context())
	require.NoError(t, err, "metadata requests have a limit of their own")
	require.NoError(t, held.Body.Close())
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Len(t, got, 1<<20)
}

// A limiter with one connection leaves none for parts, and no request waits for another.
func TestReadAheadNeedsAFreeConnection(t *testing.T) {
	t.Parallel()
	content := random(6 << 20)
	s := newFaultyStore(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &throttled{w, 16 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10}).WithLimiter(wrapper.NewLimiter(1, time.Minute))
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
}

func TestInfoCacheSparesRequests(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	cache := wrapper.NewInfoCache(10, time.Minute)
	f := s.file().WithInfoCache(cache)
	_, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	for req, status := range map[wrapper.Request]int{
		{Head: true}:          200,
		{IfNoneMatch: `"v1"`}: 304,
		{IfMatch: `"v0"`}:     412,
		{Range: "bytes=10-"}:  416,
	} {
		resp, err := f.Fetch(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, status, resp.Status)
	}
	assert.Equal(t, int64(1), s.requests.Load(), "one request for all")

	s.put([]byte("replaced!!"), `"v2"`)
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "replaced!!", string(got), "stale metadata costs one request; the body is the current version's")
	got, err = fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "replaced!!", string(got))
	assert.Equal(t, int64(4), s.requests.Load())
}
