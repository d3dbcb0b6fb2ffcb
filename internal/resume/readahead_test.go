package resume_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

const (
	partSize = 512 << 10
	slowRate = 8 << 20 // bytes a second of a connection that read-ahead helps
)

var parallel = resume.Options{Resumes: 3, StallTimeout: 30 * time.Second, ReadAhead: 8, PartSize: partSize}

// slowStore delivers each response at slowRate.
func slowStore(size int) *store {
	s := newStore(size)
	s.respond = func(int, window) response { return response{rate: slowRate} }
	return s
}

// readUntilAhead reads until read-ahead has started.
func readUntilAhead(t *testing.T, r *resume.Reader) (got []byte) {
	t.Helper()
	p := make([]byte, blockSize)
	for resume.BufferedMemory(r) == 0 {
		_, err := io.ReadFull(r, p)
		require.NoError(t, err, "read-ahead did not start")
		got = append(got, p...)
	}
	return got
}

func TestReadAheadRequestsEachPartOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(12<<20 + 12345)
		r := s.reader(t.Context(), t, parallel)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		requests := s.seen()
		parts := requests[1:]
		slices.SortFunc(parts, func(a, b window) int { return int(a.off - b.off) })
		require.Greater(t, len(parts), 16, "most of the object in parts")
		for i, w := range parts[:len(parts)-1] {
			assert.Equal(t, window{parts[0].off + int64(i)*partSize, partSize}, w)
		}
		last := parts[len(parts)-1]
		assert.EqualValues(t, len(s.content), last.off+last.n)
		assert.Zero(t, s.resumed)
	})
}

// A client that was fast and then pauses, or slows down, holds no buffers.
func TestReadAheadIsDroppedForASlowClient(t *testing.T) {
	t.Parallel()
	for name, slowDown := range map[string]func(read func(n int)){
		"pause": func(func(int)) { time.Sleep(1500 * time.Millisecond) },
		"trickle": func(read func(int)) {
			for range 30 {
				read(1 << 10)
				time.Sleep(50 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := slowStore(24 << 20)
				r := s.reader(t.Context(), t, parallel)
				got := readUntilAhead(t, r)
				read := func(n int) {
					p := make([]byte, n)
					_, err := io.ReadFull(r, p)
					require.NoError(t, err)
					got = append(got, p...)
				}
				read(4 << 20)
				require.Positive(t, resume.BufferedMemory(r))
				slowDown(read)
				synctest.Wait()
				assert.Zero(t, resume.BufferedMemory(r))
				bodies, connections := s.inUse()
				assert.LessOrEqual(t, bodies, 1)
				assert.Zero(t, connections)
				rest, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.Equal(t, s.content, append(got, rest...))
				assert.Zero(t, s.resumed, "the new connection replaces none that failed")
			})
		})
	}
}

// A client that keeps up with one connection, and no more, needs no parts.
func TestReadAheadEndsForAClientAsFastAsOneConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(24 << 20)
		r := s.reader(t.Context(), t, parallel)
		got := readUntilAhead(t, r)
		for len(got) < len(s.content) {
			p := make([]byte, blockSize)
			n, err := r.Read(p)
			require.NoError(t, err)
			got = append(got, p[:n]...)
			time.Sleep(blockSize * time.Second / slowRate)
		}
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.Less(t, len(s.seen()), 24, "half of the content has 24 parts")
	})
}

func TestReadAheadStartsAfterOnePart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, o := slowStore(24<<20), parallel
		o.PartSize = 2 << 20
		r := s.reader(t.Context(), t, o)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		require.Greater(t, len(s.seen()), 1)
		for _, w := range s.seen()[1:] {
			assert.GreaterOrEqual(t, w.off, 2*o.PartSize, "one part, and the one that the connection delivers")
		}
	})
}

func TestTheFirstConnectionContinuesIfReadAheadIsDroppedBeforeIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(16 << 20)
		r := s.reader(t.Context(), t, parallel)
		got := readUntilAhead(t, r)
		time.Sleep(1500 * time.Millisecond)
		require.Zero(t, resume.BufferedMemory(r))
		before := len(s.seen())
		next := make([]byte, 1<<20)
		_, err := io.ReadFull(r, next)
		require.NoError(t, err)
		assert.Len(t, s.seen(), before)
		rest, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, slices.Concat(got, next, rest))
	})
}

// A client that pauses again and again has no more than two sets of parts dropped.
func TestReadAheadStartsTwiceAtMost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(24 << 20)
		r := s.reader(t.Context(), t, parallel)
		var got []byte
		for range 2 {
			got = append(got, readUntilAhead(t, r)...)
			time.Sleep(1500 * time.Millisecond)
		}
		before := len(s.seen())
		rest, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, append(got, rest...))
		assert.Len(t, s.seen(), before)
	})
}

func TestReadAheadIsOff(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(s *store, o *resume.Options)
		client time.Duration // a block
	}{
		"for a slow client":     {func(*store, *resume.Options) {}, 4 * time.Millisecond},
		"for a fast connection": {func(s *store, _ *resume.Options) { s.respond = nil }, 0},
		"without the option":    {func(_ *store, o *resume.Options) { o.ReadAhead = 1 }, 0},
		"on a local network": {func(s *store, _ *resume.Options) {
			s.respond = func(int, window) response { return response{rate: 200 << 20} }
		}, 0},
		"for an object of three parts": {func(_ *store, o *resume.Options) { o.PartSize = 8 << 20 / 3 }, 0},
		"without a spare connection":   {func(s *store, _ *resume.Options) { s.spare = func() bool { return false } }, 0},
		"where the length is unknown":  {func(_ *store, o *resume.Options) { o.Resumes = -1 }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, o := slowStore(8<<20), parallel
				tc.change(s, &o)
				end := int64(len(s.content))
				if o.Resumes < 0 {
					end = -1
				}
				var r resume.Reader
				r.Start(t.Context(), s.connect(t.Context(), t, 0, end), 0, end, s, o)
				var got []byte
				for {
					p := make([]byte, blockSize)
					n, err := r.Read(p)
					got = append(got, p[:n]...)
					if err != nil {
						require.Equal(t, io.EOF, err)
						break
					}
					time.Sleep(tc.client)
				}
				require.NoError(t, r.Close())
				assert.Equal(t, s.content, got)
				assert.Len(t, s.seen(), 1)
			})
		})
	}
}

//nolint:paralleltest // it uses the memory of all readers
func TestReadAheadMemoryIsLimited(t *testing.T) {
	for _, tc := range []struct {
		used bool
		want int
	}{{true, 1}, {false, 17}} {
		synctest.Test(t, func(t *testing.T) {
			release := func() {}
			if tc.used {
				release = resume.UsePartMemory()
			}
			s := slowStore(12 << 20)
			r := s.reader(t.Context(), t, parallel)
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			release()
			assert.Equal(t, s.content, got)
			assert.GreaterOrEqual(t, len(s.seen()), tc.want)
			assert.Equal(t, tc.used, len(s.seen()) == 1)
			assert.Zero(t, resume.PartMemory(), "all memory is free again")
			_, connections := s.inUse()
			assert.Zero(t, connections)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := slowStore(12 << 20)
		r := s.reader(t.Context(), t, parallel)
		readUntilAhead(t, r)
		require.Positive(t, resume.PartMemory())
		require.NoError(t, r.Close())
		assert.Zero(t, resume.PartMemory(), "also that of parts in flight")
	})
}

func TestReadAheadEndsIfRangeIsIgnored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(12 << 20)
		s.respond = func(int, window) response { return response{rate: slowRate, whole: true} }
		r := s.reader(t.Context(), t, parallel)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.LessOrEqual(t, len(s.seen()), 3, "the first request, and the parts in flight")
		assert.Greater(t, len(s.seen()), 1, "it was tried")
	})
}

func TestPartsThatFailAreResumed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		part    response
		resumed bool
	}{
		"reset":                    {response{rate: slowRate, good: 100_000, failure: errReset}, true},
		"end of the body":          {response{rate: slowRate, good: 100_000, failure: io.EOF}, true},
		"stall":                    {response{rate: slowRate, good: 100_000, stalls: true}, true},
		"forbidden":                {response{err: errForbidden}, true},
		"panic":                    {response{panics: true}, true},
		"late header":              {response{rate: slowRate, pause: 3 * time.Second}, false},
		"reset with the last byte": {response{rate: slowRate, good: partSize, failure: errReset, together: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(12 << 20)
				s.respond = func(_ int, w window) response {
					if w.n == partSize && w.off/partSize%3 == 2 {
						return tc.part
					}
					return response{rate: slowRate}
				}
				r := s.reader(t.Context(), t, parallel)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.Equal(t, s.content, got)
				assert.Greater(t, len(s.seen()), 3)
				assert.Equal(t, tc.resumed, s.resumed > 0)
				bodies, connections := s.inUse()
				assert.Zero(t, bodies)
				assert.Zero(t, connections)
			})
		})
	}
}

func TestAPartOfAnotherVersionEndsTheReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(12 << 20)
		s.respond = func(n int, _ window) response {
			if n > 4 {
				return response{err: resume.ErrChanged}
			}
			return response{rate: slowRate}
		}
		r := s.reader(t.Context(), t, parallel)
		got, err := io.ReadAll(r)
		require.ErrorIs(t, err, resume.ErrChanged)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content[:len(got)], got)
		assert.Less(t, len(got), len(s.content))
	})
}

func TestTheEndOfTheContextEndsEveryPart(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(r *resume.Reader, cancel func()){
		"cancelled": func(r *resume.Reader, cancel func()) {
			cancel()
			_, err := io.ReadAll(r)
			assert.ErrorIs(t, err, context.Canceled)
			assert.NoError(t, r.Close())
		},
		"closed": func(r *resume.Reader, _ func()) { assert.NoError(t, r.Close()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := slowStore(12 << 20)
				r := s.reader(ctx, t, parallel)
				readUntilAhead(t, r)
				synctest.Wait() // for the parts to be in flight
				bodies, _ := s.inUse()
				require.Greater(t, bodies, 1)
				end(r, cancel)
				bodies, connections := s.inUse()
				assert.Zero(t, bodies)
				assert.Zero(t, connections)
				assert.Zero(t, resume.BufferedMemory(r))
			})
		})
	}
}

// The client comes back at the very moment at which its buffers are dropped.
func TestAClientThatReturnsAtItsTimeout(t *testing.T) {
	t.Parallel()
	for range 5 {
		synctest.Test(t, func(t *testing.T) {
			s := slowStore(8 << 20)
			r := s.reader(t.Context(), t, parallel)
			got := readUntilAhead(t, r)
			next := make([]byte, partSize+1) // up to the first part
			_, err := io.ReadFull(r, next)
			require.NoError(t, err)
			time.Sleep(time.Second)
			rest, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			assert.Equal(t, s.content, slices.Concat(got, next, rest))
		})
	}
}
