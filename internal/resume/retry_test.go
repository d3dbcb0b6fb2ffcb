package resume_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/resume"
)

func after(d time.Duration) func(error) (time.Duration, bool) {
	return func(err error) (time.Duration, bool) { return d, errors.Is(err, errOverload) }
}

func TestRetryRepeatsARequest(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		failures, retries int
		err               error
		after             time.Duration
		requests          int
		want              error
	}{
		"success":                {0, 3, nil, 0, 1, nil},
		"overload, then success": {2, 3, errOverload, 0, 3, nil},
		"overload":               {9, 3, errOverload, 0, 4, errOverload},
		"forbidden":              {9, 3, errForbidden, 0, 1, errForbidden},
		"no retries":             {9, -1, errOverload, 0, 1, errOverload},
		"Retry-After":            {1, 3, errOverload, resume.MaxRetryAfter, 2, nil},
		"a long Retry-After":     {1, 3, errOverload, resume.MaxRetryAfter + 1, 1, errOverload},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests, began := 0, time.Now()
				err := resume.Retry(t.Context(), tc.retries, time.Time{}, after(tc.after), func() error {
					requests++
					if requests <= tc.failures {
						return tc.err
					}
					return nil
				})
				require.ErrorIs(t, err, tc.want)
				assert.Equal(t, tc.requests, requests)
				assert.GreaterOrEqual(t, time.Since(began), time.Duration(requests-1)*tc.after)
			})
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		requests := 0
		time.AfterFunc(time.Second, cancel)
		err := resume.Retry(ctx, 3, time.Time{}, after(5*time.Second), func() error { requests++; return errOverload })
		require.ErrorIs(t, err, errOverload, "the cause, not the context's error")
		assert.Equal(t, 1, requests)
	})
}

//nolint:paralleltest // it uses the budget of all requests
func TestRetriesAreLimitedToAShareOfAllRequests(t *testing.T) {
	left := resume.UseRetries(resume.MaxRetryStock + 1)
	defer resume.EarnRetries(5*left + 1)
	assert.LessOrEqual(t, left, resume.MaxRetryStock)
	requests := 0
	retry := func() {
		err := resume.Retry(t.Context(), 3, time.Time{}, after(0), func() error { requests++; return errOverload })
		require.ErrorIs(t, err, errOverload)
	}
	retry()
	assert.Equal(t, 1, requests, "no retry is left")
	resume.EarnRetries(5)
	retry()
	assert.Equal(t, 3, requests, "five requests earn one")
}
