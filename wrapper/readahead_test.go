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

// A client that is faster than one connection is given several.
func TestReadAhead(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newShop(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Greater(t, s.requests.Load(), int64(10), "most of it in parts")
}

// A client that was fast and then takes nothing, or little, holds nothing that was read ahead, and gets the rest by one
// connection.
func TestReadAheadIsGivenUp(t *testing.T) {
	t.Parallel()
	content := random(24 << 20)
	for name, pause := range map[string]func(read func(n int)){
		"stalled": func(func(int)) { time.Sleep(1500 * time.Millisecond) },
		"slow": func(read func(int)) {
			for range 30 {
				read(1 << 10)
				time.Sleep(50 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, content)
			s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
			f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 8, PartSize: 1 << 20})
			resp, err := f.Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			defer resp.Body.Close()
			var got bytes.Buffer
			read := func(n int) {
				_, err := io.CopyN(&got, struct{ io.Reader }{resp.Body}, int64(n))
				require.NoError(t, err)
			}
			read(8 << 20)
			require.Positive(t, wrapper.Ahead(resp.Body), "it reads ahead")
			pause(read)
			assert.Zero(t, wrapper.Ahead(resp.Body), "bytes of memory held")
			assert.Eventually(t, func() bool { return s.inFlight.Load() <= 1 }, time.Second, time.Millisecond)
			read(len(content) - got.Len())
			assert.True(t, bytes.Equal(content, got.Bytes()))
		})
	}
}

// The same holds for a client that stops before the first part is its.
func TestReadAheadIsGivenUpBeforeItsTurn(t *testing.T) {
	t.Parallel()
	content := random(16 << 20)
	s := newShop(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
	resp, err := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 8, PartSize: 1 << 20}).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	defer resp.Body.Close()
	var got bytes.Buffer
	for wrapper.Ahead(resp.Body) == 0 {
		_, err := io.CopyN(&got, struct{ io.Reader }{resp.Body}, 16<<10)
		require.NoError(t, err)
	}
	time.Sleep(1500 * time.Millisecond)
	assert.Zero(t, wrapper.Ahead(resp.Body))
	before := s.requests.Load()
	_, err = got.ReadFrom(struct{ io.Reader }{io.LimitReader(resp.Body, 1<<20)})
	require.NoError(t, err)
	assert.Equal(t, before, s.requests.Load(), "the connection goes on")
	_, err = got.ReadFrom(struct{ io.Reader }{resp.Body})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got.Bytes()))
}

// A body keeps its place with the limiter, whatever connection it reads by.
func TestReadAheadNeverLosesItsPlace(t *testing.T) {
	t.Parallel()
	content := random(24 << 20)
	s := newShop(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
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
	require.Positive(t, wrapper.Ahead(resp.Body))
	time.Sleep(1500 * time.Millisecond) // it is given up,
	others := make([]*wrapper.Response, 2)
	for i := range others { // and others take what it had besides
		others[i], err = f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-99999"})
		require.NoError(t, err)
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

// What all downloads hold together is bounded: who finds nothing left reads by one connection.
func TestReadAheadMemoryIsBounded(t *testing.T) { // not parallel: it takes it all
	content := random(12 << 20)
	s := newShop(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 16 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	release := wrapper.FillAhead()
	got, err := fetchAll(t, f, wrapper.Request{})
	release()
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Equal(t, int64(1), s.requests.Load())
	got, err = fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Greater(t, s.requests.Load(), int64(3), "there is some again")
}

// A storage that sends the whole for every part is asked for no more of them, and the first connection goes on.
func TestReadAheadStopsWhereRangesAreIgnored(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newShop(t, content)
	s.before = func(_ int64, _ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("Range")
		return false
	}
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10})
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.LessOrEqual(t, s.requests.Load(), int64(3), "the whole, and the parts that were under way")
	assert.Greater(t, s.requests.Load(), int64(1), "it was tried")
}

func TestReadAheadIsOffForAClientThatIsSlow(t *testing.T) {
	t.Parallel()
	s := newShop(t, random(8<<20))
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 64 << 20} }
	resp, err := s.file().WithReadOptions(wrapper.ReadOptions{PartSize: 512 << 10}).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	buf := make([]byte, 32<<10)
	for range 100 {
		_, err := io.ReadFull(resp.Body, buf)
		require.NoError(t, err)
		time.Sleep(2 * time.Millisecond)
	}
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, int64(1), s.requests.Load())
}

func TestReadAheadSurvivesCutsAndIsPinned(t *testing.T) {
	t.Parallel()
	content := random(12 << 20)
	s := newShop(t, content)
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		w = &dripping{w, 8 << 20}
		if n%3 == 2 {
			return &cutting{ResponseWriter: w, left: 100_000}
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
		return &dripping{w, 8 << 20}
	}
	s.requests.Store(27)
	got, err = fetchAll(t, f, wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChanged)
	assert.True(t, bytes.HasPrefix(content, got))
}

func TestLeavingEndsEveryPart(t *testing.T) {
	t.Parallel()
	s := newShop(t, random(12<<20))
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 8 << 20} }
	ctx, cancel := contextWithCancel(t)
	resp, err := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10}).Fetch(ctx, wrapper.Request{})
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, resp.Body, 3<<20)
	require.NoError(t, err)
	require.Greater(t, s.requests.Load(), int64(2))
	cancel()
	_, err = io.Copy(io.Discard, resp.Body)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, resp.Body.Close())
	assert.Eventually(t, func() bool { return s.inFlight.Load() == 0 }, 2*time.Second, 5*time.Millisecond)
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	s := newShop(t, random(1<<20))
	f := s.file().WithLimiter(wrapper.NewLimiter(1, 20*time.Millisecond))
	held, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = f.Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrBusy)
	_, err = f.Stat(t.Context())
	require.NoError(t, err, "descriptions have a bound of their own")
	require.NoError(t, held.Body.Close())
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Len(t, got, 1<<20)
}

// With a single connection allowed, parts wait for the one that is open, and never for each other.
func TestReadAheadWithOneConnection(t *testing.T) {
	t.Parallel()
	content := random(6 << 20)
	s := newShop(t, content)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter { return &dripping{w, 16 << 20} }
	f := s.file().WithReadOptions(wrapper.ReadOptions{ReadAhead: 4, PartSize: 512 << 10}).WithLimiter(wrapper.NewLimiter(1, time.Minute))
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
}

func TestInfoCache(t *testing.T) {
	t.Parallel()
	s := newShop(t, []byte(digits))
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
	assert.Equal(t, int64(1), s.requests.Load(), "remembered")

	s.put([]byte("replaced!!"), `"v2"`)
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "replaced!!", string(got), "what is no longer true costs a trip, not a wrong byte")
	got, err = fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "replaced!!", string(got))
	assert.Equal(t, int64(4), s.requests.Load())
}
