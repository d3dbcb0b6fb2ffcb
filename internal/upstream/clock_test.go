package upstream_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const tooSkewed = "<Error><Code>TooSkewed</Code></Error>"

// dated returns a response with a Date that is off by a time.
func dated(status int, off time.Duration, content string) func() *http.Response {
	return func() *http.Response {
		return response(status, http.Header{"X-Id": {"1"}, "Date": {time.Now().Add(off).UTC().Format(http.TimeFormat)}}, content)
	}
}

// signed makes a response one to a request with a signature.
func signed(of func() *http.Response) func() *http.Response {
	return func() *http.Response {
		resp := of()
		resp.Request = &http.Request{Header: http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=x"}}}
		return resp
	}
}

func TestW9AndW10ClockFollowsWhatSignaturesProve(t *testing.T) {
	t.Parallel()
	ok := func(off time.Duration) func() *http.Response { return dated(200, off, "content") }
	skewed := func(off time.Duration) func() *http.Response { return dated(403, off, tooSkewed) }
	cached := func() *http.Response {
		resp := skewed(-time.Hour)()
		resp.Header.Set("Age", "3600")
		return resp
	}
	for name, tt := range map[string]struct {
		responses []func() *http.Response
		requests  int
		offset    time.Duration
	}{
		"refused, an hour ahead":               {[]func() *http.Response{skewed(time.Hour), signed(ok(time.Hour))}, 2, time.Hour},
		"refused, an hour behind":              {[]func() *http.Response{skewed(-time.Hour), signed(ok(-time.Hour))}, 2, -time.Hour},
		"refused by a Date that does not help": {[]func() *http.Response{skewed(time.Hour)}, 2, 0},
		"refused, but not for the time":        {[]func() *http.Response{dated(403, time.Hour, denied)}, 1, 0},
		"a missing object":                     {[]func() *http.Response{signed(dated(404, time.Hour, ""))}, 1, 0},
		"accepted, the Date is a proxy's":      {[]func() *http.Response{signed(ok(time.Hour))}, 1, 0},
		"accepted, the Date may be right":      {[]func() *http.Response{signed(ok(10 * time.Minute))}, 1, 10 * time.Minute},
		"accepted by a token":                  {[]func() *http.Response{ok(time.Hour)}, 1, time.Hour},
		"missing by a token":                   {[]func() *http.Response{dated(404, time.Hour, "")}, 1, time.Hour},
		"within what stores accept":            {[]func() *http.Response{skewed(4 * time.Minute)}, 1, 0},
		"a cached response":                    {[]func() *http.Response{cached}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newService()
				_, requests, _ := send(s, nil, tt.responses...)
				assert.Equal(t, tt.requests, requests)
				want := time.Now().Add(tt.offset).UTC()
				assert.Equal(t, want, s.Clock.Now())
				assert.Equal(t, want, s.Clock.SigningTime(time.Time{}))
				assert.Equal(t, want.Add(-time.Minute), s.Clock.SigningTime(time.Now().Add(-time.Minute)))
				assert.Equal(t, want.Format(http.TimeFormat), s.Clock.Date())
			})
		})
	}
}

// This machine's clock is set right: the Date confirms an offset that was learnt before.
func TestW9OffsetThatNoLongerHelpsIsDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		_, _, err := send(s, nil, dated(403, time.Hour, tooSkewed), signed(dated(200, time.Hour, "")))
		require.NoError(t, err)
		assert.EqualValues(t, time.Hour, s.Clock.Offset())
		_, requests, err := send(s, nil, dated(403, time.Hour, tooSkewed), signed(dated(200, time.Hour, "")))
		require.NoError(t, err)
		assert.Equal(t, 2, requests)
		assert.Zero(t, s.Clock.Offset())
	})
}

// Requests in flight together are all refused for the clock. The first corrects it; the others are retried as well.
func TestEveryRequestInFlightIsRetriedByTheCorrectedClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		_, requests, err := send(s, nil, func() *http.Response {
			_, _, err := send(s, nil, dated(403, time.Hour, tooSkewed), signed(dated(200, time.Hour, "")))
			require.NoError(t, err)
			return dated(403, time.Hour, tooSkewed)()
		}, dated(200, time.Hour, ""))
		require.NoError(t, err)
		assert.Equal(t, 2, requests)
	})
}

// A proxy with a wrong Date is in front of the store.
func TestW9WrongDateOfAProxyCostsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		for range 10 {
			_, requests, err := send(s, nil, signed(dated(200, 2*time.Hour, "content")))
			require.NoError(t, err)
			assert.Equal(t, 1, requests)
			time.Sleep(time.Minute)
		}
		assert.Zero(t, s.Clock.Offset())
	})
}
