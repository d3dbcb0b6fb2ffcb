package resume_test

import (
	"context"
	"io"
	"io/fs"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

var serial = resume.Options{Resumes: 3, StallTimeout: 30 * time.Second}

func TestReaderReads(t *testing.T) {
	t.Parallel()
	s := newStore(10_000)
	s.respond = interruptedAfter(1000)
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, iotest.TestReader(s.reader(t.Context(), t, serial), s.content))
	})
}

// interruptedAfter interrupts every response with more than n bytes.
func interruptedAfter(n int) func(int, window) response {
	return func(_ int, w window) response {
		if w.n > int64(n) {
			return response{good: n, failure: errReset}
		}
		return response{}
	}
}

// A storage reports a wrong checksum after the last byte.
func TestAnErrorAfterTheLastByteIsNoCleanEnd(t *testing.T) {
	t.Parallel()
	s := newStore(10_000)
	s.respond = func(int, window) response { return response{good: 10_000, failure: errReset} }
	r := s.reader(t.Context(), t, serial)
	got, err := io.ReadAll(r)
	require.ErrorIs(t, err, errReset)
	require.NoError(t, r.Close())
	assert.Len(t, got, 10_000)
	assert.Len(t, s.seen(), 1)
}

func TestReaderResumesAtTheNextByteOfTheWindow(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]response{
		"reset":                    {good: 4000, failure: errReset},
		"reset with the last byte": {good: 4000, failure: errReset, together: true},
		"end of the body":          {good: 4000, failure: io.EOF},
		"stall":                    {good: 4000, stalls: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(10_000)
				s.respond = func(n int, _ window) response {
					if n == 0 {
						return first
					}
					return response{}
				}
				var r resume.Reader
				r.Start(t.Context(), s.connect(t.Context(), t, 100, 8000), 100, 8100, s, serial)
				got, err := io.ReadAll(&r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.Equal(t, s.content[100:8100], got)
				assert.Equal(t, []window{{100, 8000}, {4100, 4000}}, s.seen())
				bodies, _ := s.inUse()
				assert.Zero(t, bodies, "bodies left open")
			})
		})
	}
}

func TestResumesAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(10_000)
		s.respond = func(n int, _ window) response {
			switch n {
			case 0, 3:
				return response{good: 100, failure: errReset}
			case 1, 2:
				return response{err: errOverload}
			default:
				return response{}
			}
		}
		r := s.reader(t.Context(), t, serial)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.Equal(t, 2, s.resumed, "failed requests are no resumes")
		assert.Len(t, s.seen(), 5)
	})
}

func TestResumesWithoutAByteAreLimited(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		next     response
		requests int
		want     error
	}{
		"connections that deliver nothing": {response{failure: errReset}, 4, errReset},
		"overload":                         {response{err: errOverload}, 4, errOverload},
		"empty bodies":                     {response{failure: io.EOF}, 4, io.ErrUnexpectedEOF},
		"stalls":                           {response{stalls: true}, 4, io.ErrUnexpectedEOF},
		"forbidden":                        {response{err: errForbidden}, 2, errForbidden},
		"another version":                  {response{err: resume.ErrChanged}, 2, resume.ErrChanged},
		"another window":                   {response{err: resume.ErrLength}, 2, resume.ErrLength},
		"another version, seen late":       {response{failure: resume.ErrChanged}, 2, resume.ErrChanged},
		"another length, seen late":        {response{failure: resume.ErrLength}, 2, resume.ErrLength},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(10_000)
				s.respond = func(n int, _ window) response {
					if n == 0 {
						return response{good: 4000, failure: errReset}
					}
					return tc.next
				}
				r := s.reader(t.Context(), t, serial)
				got, err := io.ReadAll(r)
				require.ErrorIs(t, err, tc.want)
				require.NoError(t, r.Close())
				assert.Equal(t, s.content[:4000], got)
				assert.Len(t, s.seen(), tc.requests)
			})
		})
	}
}

func TestProgressAllowsFurtherResumes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(100)
		s.respond = interruptedAfter(1)
		r := s.reader(t.Context(), t, resume.Options{Resumes: 1, StallTimeout: time.Second})
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.content, got)
		assert.Len(t, s.seen(), 100)
	})
}

// Without a Source the version cannot be pinned.
func TestReaderWithoutASourceIsNotResumed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		response
		want error
	}{
		"reset":                    {response{good: 4000, failure: errReset}, errReset},
		"reset with the last byte": {response{good: 4000, failure: errReset, together: true}, errReset},
		"end of the body":          {response{good: 4000, failure: io.EOF}, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(10_000)
			s.respond = func(int, window) response { return tc.response }
			var r resume.Reader
			r.Start(t.Context(), s.connect(t.Context(), t, 0, 10_000), 0, 10_000, nil, serial)
			got, err := io.ReadAll(&r)
			require.ErrorIs(t, err, tc.want)
			require.NoError(t, r.Close())
			assert.Equal(t, s.content[:4000], got)
			assert.Len(t, s.seen(), 1)
		})
	}
}

// A body reports the error of a cancelled request in words of its own.
func TestReaderReportsTheErrorOfItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, source := range []resume.Source{nil, newStore(10)} {
		var r resume.Reader
		body := io.NopCloser(iotest.ErrReader(errReset))
		r.Start(ctx, resume.Conn{Body: body, Cancel: cancel}, 0, 10, source, serial)
		_, err := io.ReadAll(&r)
		require.Equal(t, context.Canceled, err)
		require.NoError(t, r.Close())
	}
}

// A body of unknown length ends where the response ends.
func TestReaderOfUnknownLength(t *testing.T) {
	t.Parallel()
	s := newStore(10_000)
	var r resume.Reader
	r.Start(t.Context(), s.connect(t.Context(), t, 0, -1), 0, -1, s, serial)
	got, err := io.ReadAll(&r)
	require.NoError(t, err)
	assert.Equal(t, s.content, got)
	require.NoError(t, r.Close())

	for _, together := range []bool{false, true} {
		s.respond = func(int, window) response { return response{good: 10, failure: errReset, together: together} }
		r.Start(t.Context(), s.connect(t.Context(), t, 0, -1), 0, -1, nil, serial)
		_, err = io.ReadAll(&r)
		require.ErrorIs(t, err, errReset, "no clean end")
		require.NoError(t, r.Close())
	}
}

func TestReaderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]response{
		"during a read":    {good: 4000, stalls: true},
		"during a backoff": {good: 4000, failure: errReset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				s := newStore(10_000)
				s.respond = func(int, window) response { return first }
				r := s.reader(ctx, t, serial)
				_, err := io.ReadFull(r, make([]byte, 4000))
				require.NoError(t, err)
				time.AfterFunc(time.Millisecond, cancel)
				_, err = io.ReadAll(r)
				require.ErrorIs(t, err, context.Canceled)
				require.NoError(t, r.Close())
				assert.Len(t, s.seen(), 1)
			})
		})
	}
}

func TestReaderIsClosed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		size    int
		stalls  bool
		drained bool
	}{
		"a short rest is drained":  {resume.DrainLimit, false, true},
		"a long rest is not":       {resume.DrainLimit + 1, false, false},
		"a short rest that stalls": {resume.DrainLimit, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(1 + tc.size)
				s.respond = func(int, window) response { return response{good: 1, stalls: tc.stalls} }
				conn := s.connect(t.Context(), t, 0, -1)
				var r resume.Reader
				r.Start(t.Context(), conn, 0, int64(len(s.content)), s, serial)
				_, err := io.ReadFull(&r, make([]byte, 1))
				require.NoError(t, err)
				began := time.Now()
				require.NoError(t, r.Close())
				assert.Equal(t, tc.stalls, time.Since(began) == time.Second, "the limit of the drain")
				bodies, _ := s.inUse()
				assert.Zero(t, bodies)
				body := conn.Body.(*responseBody)
				assert.Equal(t, tc.drained, len(body.rest) == 0)
				require.Error(t, body.ctx.Err(), "the request is over")
				_, err = r.Read(make([]byte, 1))
				require.ErrorIs(t, err, fs.ErrClosed)
				require.NoError(t, r.Close())
			})
		})
	}
}

// A panic of a body leaves no request behind.
func TestCloseCancelsTheRequestOfABodyThatPanics(t *testing.T) {
	t.Parallel()
	s := newStore(10)
	s.respond = func(int, window) response { return response{panics: true} }
	conn := s.connect(t.Context(), t, 0, -1)
	var r resume.Reader
	r.Start(t.Context(), conn, 0, 10, s, serial)
	require.Panics(t, func() { _, _ = r.Read(make([]byte, 1)) })
	require.Panics(t, func() { _ = r.Close() })
	require.Error(t, conn.Body.(*responseBody).ctx.Err())
	bodies, _ := s.inUse()
	assert.Zero(t, bodies)
}

func TestErrorsNameTheStallTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(10)
		s.respond = func(int, window) response { return response{stalls: true} }
		r := s.reader(t.Context(), t, resume.Options{StallTimeout: 7 * time.Second})
		began := time.Now()
		_, err := io.ReadAll(r)
		require.EqualError(t, err, "connection stalled for 7s: unexpected EOF")
		assert.Equal(t, 7*time.Second, time.Since(began))
		require.NoError(t, r.Close())
		assert.NotErrorIs(t, err, context.Canceled, "only the client's own context is reported as cancelled")
	})
}
