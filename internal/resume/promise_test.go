package resume_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// A resume whose request has no response counts as stalled.
func TestE8ResumeThatIsNotAnsweredIsAnInterruption(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]int{"once": 1, "always": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStore(10_000)
				s.respond = func(n int, _ window) response {
					if n == 0 {
						return response{good: 4000, failure: errReset}
					}
					return response{silent: n <= silent}
				}
				r := s.reader(t.Context(), t, serial)
				got, err := io.ReadAll(r)
				require.NoError(t, r.Close())
				if name == "once" {
					require.NoError(t, err)
					assert.Equal(t, s.content, got)
					assert.Len(t, s.seen(), 3)
					return
				}
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				assert.Len(t, s.seen(), 1+serial.Resumes)
			})
		})
	}
}

// A part of read-ahead whose request has no response, or ends its goroutine, is requested again.
func TestE6E8PartThatHasNoEndIsRequestedAgain(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]response{"silent": {silent: true}, "Goexit": {goexits: true}, "panic": {panics: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := slowStore(12 << 20)
				spoilt := false
				s.respond = func(_ int, w window) response {
					if w.n == partSize && !spoilt {
						spoilt = true
						return broken
					}
					return response{rate: slowRate}
				}
				r := s.reader(t.Context(), t, parallel)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.True(t, spoilt)
				assert.Equal(t, s.content, got)
				_, connections := s.inUse()
				assert.Zero(t, connections)
			})
		})
	}
}

//nolint:paralleltest // it uses the budget of all requests
func TestE15ResumesAreLimitedToAShareOfAllRequests(t *testing.T) {
	left := resume.UseRetries(resume.MaxRetryStock + 1)
	defer resume.EarnRetries(5*left + 1)
	options := resume.Options{Resumes: 3, StallTimeout: 30 * time.Second, PartSize: 1000}
	for name, tc := range map[string]struct {
		retries, delivers, requests int
		together                    bool
		complete                    bool
	}{
		"no retry is left":                      {0, 1000, 1, false, false},
		"no retry is left, with bytes":          {0, 1000, 1, true, false},
		"each resume delivers little":           {4, 10, 5, false, false},
		"each resume delivers little, at once":  {4, 10, 5, true, false},
		"each resume delivers a part":           {1, 1000, 10, false, true},
		"the only resume delivers all the rest": {1, 9500, 2, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				resume.EarnRetries(5*tc.retries + 1) // 0.2 more, against the error of floating point
				s := newStore(10_000)
				s.respond = func(_ int, w window) response {
					if w.n > int64(tc.delivers) {
						return response{good: tc.delivers, failure: errReset, together: tc.together}
					}
					return response{}
				}
				r := s.reader(t.Context(), t, options)
				got, err := io.ReadAll(r)
				require.NoError(t, r.Close())
				if tc.complete {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, errReset)
				}
				assert.Equal(t, s.content[:len(got)], got)
				assert.Len(t, s.seen(), tc.requests)
				resume.UseRetries(resume.MaxRetryStock)
			})
		})
	}
}
