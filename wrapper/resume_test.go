package wrapper_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestInterruptedBodiesAreResumed(t *testing.T) {
	t.Parallel()
	content := random(1 << 20)
	for range 20 {
		s := newFaultyStore(t, content)
		s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
			if n > 3 {
				return w
			}
			return &interrupting{ResponseWriter: w, left: 1 + rand.IntN(200_000)}
		}
		got, err := fetchAll(t, s.file(), wrapper.Request{})
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, got))
		require.Equal(t, int64(4), s.requests.Load())
	}
}

func TestAnInterruptedRangeIsResumedInsideIt(t *testing.T) {
	t.Parallel()
	content := random(1 << 20)
	s := newFaultyStore(t, content)
	var asked []string
	s.before = func(_ int64, _ http.ResponseWriter, r *http.Request) bool {
		asked = append(asked, r.Header.Get("Range")+" "+r.Header.Get("If-Match"))
		return false
	}
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		if n > 1 {
			return w
		}
		return &interrupting{ResponseWriter: w, left: 1000}
	}
	got, err := fetchAll(t, s.file(), wrapper.Request{Range: "bytes=100-299999"})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content[100:300_000], got))
	assert.Equal(t, []string{"bytes=100-299999 ", `bytes=1100-299999 "v1"`}, asked)
}

func TestResumeIsPinnedToTheFirstVersion(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, bytes.Repeat([]byte("A"), 1<<20))
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		if n > 1 {
			return w
		}
		return &interrupting{ResponseWriter: w, left: 100_000, then: func() {
			s.put(bytes.Repeat([]byte("B"), 1<<20), `"v2"`)
		}}
	}
	got, err := fetchAll(t, s.file(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChanged)
	assert.NotContains(t, string(got), "B")
}

func TestResumesWithoutProgressAreLimited(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(1<<20))
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		if n == 1 {
			return &interrupting{ResponseWriter: w, left: 100_000}
		}
		return &interrupting{ResponseWriter: w, left: 0}
	}
	_, err := fetchAll(t, s.file().WithReadOptions(wrapper.ReadOptions{Resumes: 2}), wrapper.Request{})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, int64(3), s.requests.Load())
}

func TestResumeRetriesRetryableStatusesOnly(t *testing.T) {
	t.Parallel()
	for status, requests := range map[int]int64{404: 2, 410: 2, 403: 2, 501: 2, 503: 3} {
		s := newFaultyStore(t, random(1<<20))
		s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter {
			return &interrupting{ResponseWriter: w, left: 100_000}
		}
		s.before = func(n int64, w http.ResponseWriter, _ *http.Request) bool {
			if n > 1 {
				w.WriteHeader(status)
			}
			return n > 1
		}
		_, err := fetchAll(t, s.file().WithReadOptions(wrapper.ReadOptions{Resumes: 2}), wrapper.Request{})
		var refused *wrapper.UpstreamError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, status, refused.Status)
		assert.Equal(t, requests, s.requests.Load(), "after %d", status)
	}
}

func TestContentWithoutAStrongETagIsNotResumed(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(1<<20))
	s.put(s.content, `W/"weak"`)
	s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter {
		return &interrupting{ResponseWriter: w, left: 100_000}
	}
	_, err := fetchAll(t, s.file(), wrapper.Request{})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, int64(1), s.requests.Load())
}

func TestACorruptedByteFailsTheChecksum(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, 1, 500_000, 1<<20 - 1} {
		s := newFaultyStore(t, random(1<<20))
		s.body = func(_ int64, w http.ResponseWriter) http.ResponseWriter {
			return &corrupting{ResponseWriter: w, at: at}
		}
		_, err := fetchAll(t, s.file(), wrapper.Request{})
		require.ErrorIs(t, err, wrapper.ErrChecksum, "byte %d", at)
	}
}

func TestTheChecksumCoversResumedBodies(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(1<<20))
	s.body = func(n int64, w http.ResponseWriter) http.ResponseWriter {
		if n == 1 {
			return &interrupting{ResponseWriter: w, left: 100_000}
		}
		return &corrupting{ResponseWriter: w, at: 5}
	}
	_, err := fetchAll(t, s.file(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChecksum)
}

func TestRequestsAreRetriedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	status := func(code int, after string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(code)
		}
	}
	cut := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	for name, tc := range map[string]struct {
		fail     func(http.ResponseWriter)
		failures int64
		requests int64
		ok       bool
	}{
		"503 twice":           {status(503, ""), 2, 3, true},
		"429":                 {status(429, ""), 1, 2, true},
		"502":                 {status(502, "0"), 1, 2, true},
		"connection cut":      {cut, 1, 2, true},
		"503 for ever":        {status(503, ""), 100, 4, false},
		"a long Retry-After":  {status(503, "3600"), 1, 1, false},
		"one of 300 years":    {status(503, "9999999999"), 1, 1, false},
		"one above 64 bits":   {status(503, "99999999999999999999"), 1, 1, false},
		"404 is not repeated": {status(404, ""), 1, 1, false},
		"403 is not repeated": {status(403, ""), 1, 1, false},
		"501 is not repeated": {status(501, ""), 1, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFaultyStore(t, []byte(digits))
			s.before = func(n int64, w http.ResponseWriter, _ *http.Request) bool {
				if n <= tc.failures {
					tc.fail(w)
				}
				return n <= tc.failures
			}
			got, err := fetchAll(t, s.file(), wrapper.Request{})
			if tc.ok {
				require.NoError(t, err)
				assert.Equal(t, digits, string(got))
			} else {
				require.Error(t, err)
			}
			assert.Equal(t, tc.requests, s.requests.Load())
		})
	}
}

func TestConcurrentStatsShareOneRequest(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	arrived := make(chan struct{})
	release := make(chan struct{})
	s.before = func(n int64, _ http.ResponseWriter, _ *http.Request) bool {
		if n == 1 {
			close(arrived)
		}
		<-release
		return false
	}
	const callers = 100
	var described, cancelled atomic.Int64
	done := make(chan struct{})
	leader, leave := contextWithCancel(t)
	go func() {
		_, err := s.file().Stat(leader)
		if err != nil {
			cancelled.Add(1)
		}
		done <- struct{}{}
	}()
	<-arrived
	for range callers {
		go func() {
			info, err := s.file().Stat(t.Context())
			if err == nil && info.Size == 10 {
				described.Add(1)
			}
			done <- struct{}{}
		}()
	}
	time.Sleep(50 * time.Millisecond) // for the calls to wait; with fewer of them the test is weaker, not flaky
	leave()
	<-done
	close(release)
	for range callers {
		<-done
	}
	assert.Equal(t, int64(1), cancelled.Load(), "the call whose context was cancelled")
	assert.Equal(t, int64(callers), described.Load(), "the other calls")
	assert.Equal(t, int64(1), s.requests.Load())
}
