package resume_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

var (
	errReset     = errors.New("connection reset")
	errOverload  = errors.New("overload")
	errForbidden = errors.New("forbidden")
)

// store is a Source of one object, whose responses a test chooses.
type store struct {
	content []byte
	respond func(n int, w window) response // to the n-th request, from 0; nil: the whole window at once
	spare   func() bool                    // nil: always

	mu       sync.Mutex
	requests []window
	open     int // bodies
	most     int // bodies at once
	reserved int // spare connections
	resumed  int
}

type window struct{ off, n int64 }

// response is how the store answers one request.
type response struct {
	err      error         // of the request: there is no body
	rate     int           // bytes a second; 0: at once
	good     int           // bytes before the failure; 0 with a nil failure: all
	failure  error         // of a Read after the good bytes
	together bool          // the last bytes and the failure come from one Read
	stalls   bool          // a Read blocks after the good bytes
	delay    time.Duration // before the response
	pause    time.Duration // before the first byte
	socket   int           // bytes that arrive before a Read at most
	whole    bool          // Range is ignored
	panics   bool          // on a Read
	goexits  bool          // on a Read
	silent   bool          // there is no response
}

func newStore(size int) *store {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(content)
	return &store{content: content}
}

func (s *store) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := len(s.requests)
	w := window{off, n}
	s.requests = append(s.requests, w)
	var how response
	if s.respond != nil {
		how = s.respond(number, w)
	}
	if how.err != nil {
		return nil, how.err
	}
	if how.silent {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return nil, ctx.Err()
	}
	if how.delay > 0 {
		s.mu.Unlock()
		err := wait(ctx, how.delay)
		s.mu.Lock()
		if err != nil {
			return nil, err
		}
	}
	s.open++
	s.most = max(s.most, s.open)
	end := int64(len(s.content))
	if n >= 0 {
		end = min(end, off+n)
	}
	b := &responseBody{ctx: ctx, store: s, response: how, arrived: time.Now()}
	if how.whole && off > 0 {
		b.rest = s.content
		b.Reader = resume.Discard(&b.sender, off)
		if n >= 0 {
			b.Reader = io.LimitReader(b.Reader, n)
		}
	} else {
		b.rest = s.content[off:end]
		b.Reader = &b.sender
	}
	b.sender.body = b
	return b, nil
}

func (s *store) Spare() (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spare != nil && !s.spare() {
		return nil, false
	}
	s.reserved++
	return func() { s.mu.Lock(); s.reserved--; s.mu.Unlock() }, true
}

func (s *store) Retryable(err error) (after time.Duration, ok bool) {
	return 0, errors.Is(err, errOverload)
}

func (s *store) Resumed(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resumed++
}

func (s *store) seen() []window {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]window(nil), s.requests...)
}

func (s *store) inUse() (bodies, connections int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open, s.reserved
}

// mostOpen returns how many bodies have been open at once.
func (s *store) mostOpen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// reader starts a reader of the whole object on a first connection.
func (s *store) reader(ctx context.Context, t testing.TB, o resume.Options) *resume.Reader {
	t.Helper()
	r := new(resume.Reader)
	r.Start(ctx, s.connect(ctx, t, 0, int64(len(s.content))), 0, int64(len(s.content)), s, o)
	return r
}

func (s *store) connect(ctx context.Context, t testing.TB, off, n int64) resume.Conn {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	body, err := s.Open(ctx, off, n)
	require.NoError(t, err)
	return resume.Conn{Body: body, Cancel: cancel}
}

// responseBody is the body of one response.
type responseBody struct {
	io.Reader
	response
	ctx     context.Context
	store   *store
	sender  sender
	rest    []byte
	sent    int
	arrived time.Time // the bytes that were sent
	closed  bool
}

func (b *responseBody) Discards() bool { return b.whole && b.Reader != &b.sender }

func (b *responseBody) Close() error {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if !b.closed {
		b.store.open--
	}
	b.closed = true
	return nil
}

type sender struct{ body *responseBody }

const blockSize = 16 << 10

func (s *sender) Read(p []byte) (int, error) {
	b := s.body
	if b.panics {
		panic("bug of a source")
	}
	if b.goexits {
		runtime.Goexit()
	}
	if b.pause > 0 {
		if err := wait(b.ctx, b.pause); err != nil {
			return 0, err
		}
		b.pause = 0
	}
	limited := b.failure != nil || b.stalls
	switch {
	case b.ctx.Err() != nil:
		return 0, b.ctx.Err()
	case limited && b.sent >= b.good && b.stalls:
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	case limited && b.sent >= b.good:
		return 0, b.failure
	case len(b.rest) == 0:
		return 0, io.EOF
	}
	n := min(len(p), len(b.rest), blockSize)
	if limited {
		n = min(n, b.good-b.sent)
	}
	if b.rate > 0 {
		duration := func(bytes int) time.Duration { return time.Duration(bytes) * time.Second / time.Duration(b.rate) }
		if full := time.Now().Add(-duration(b.socket)); b.arrived.Before(full) {
			b.arrived = full
		}
		b.arrived = b.arrived.Add(duration(n))
		if err := wait(b.ctx, time.Until(b.arrived)); err != nil {
			return 0, err
		}
	}
	copy(p, b.rest[:n])
	b.rest = b.rest[n:]
	b.sent += n
	if b.together && b.sent >= b.good {
		b.good, b.rest = b.sent+1, nil // the failure is reported once, then io.EOF
		return n, b.failure
	}
	return n, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
