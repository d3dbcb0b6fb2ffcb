package upstream_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

var errForeign = errors.New("not genuine")

// refusal is an APIError as a provider's error.
type refusal struct{ *upstream.APIError }

func (refusal) Error() string { return "refused" }

func newService() *upstream.Service {
	s := &upstream.Service{Bucket: `test bucket "b"`, Protocol: &upstream.Protocol{
		Hints:     map[string]string{"AccessDenied": "give it the right to read"},
		CodeField: "X-Code",
		Genuine:   func(_ string, resp *http.Response) bool { return resp.Header.Get("X-Id") != "" },
		Foreign:   errForeign,
		Error:     func(e *upstream.APIError) error { return refusal{e} },
	}}
	s.Clock.Store, s.Clock.Layout = "test", http.TimeFormat
	return s
}

// body is a response's body that records whether it was closed.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error {
	b.closed = true
	return nil
}

func response(status int, header http.Header, content string) *http.Response {
	return &http.Response{StatusCode: status, Header: header, Body: &body{Reader: strings.NewReader(content)}}
}

const denied = "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>of KEY</Message></Error>"

func TestResponsesAreJudged(t *testing.T) {
	t.Parallel()
	id := http.Header{"X-Id": {"1"}}
	for _, tt := range []struct {
		name       string
		response   *http.Response
		code, hint string // of the refusal
		foreign    bool
		passed     bool
	}{
		{"200", response(200, id, "content"), "", "", false, true},
		{"206", response(206, id, "content"), "", "", false, true},
		{"304", response(304, http.Header{}, ""), "", "", false, true},
		{"412", response(412, id, denied), "", "", false, true},
		{"416", response(416, id, denied), "", "", false, true},
		{"405 may be for HEAD alone", response(405, id, denied), "", "", false, true},
		{"429 may pass", response(429, id, denied), "", "", false, true},
		{"503 may pass", response(503, http.Header{}, ""), "", "", false, true},
		{"403", response(403, id, denied), "AccessDenied", `test bucket "b": give it the right to read`, false, false},
		{"404 without a code", response(404, id, "none"), "", `test bucket "b"`, false, false},
		{"code in a field", response(404, http.Header{"X-Code": {"NoSuchKey"}}, ""), "NoSuchKey", `test bucket "b"`, false, false},
		{"code with a signature in it", response(404, id, "<Error><Code>NoSuchKey?sig=x</Code></Error>"), "", `test bucket "b"`, false, false},
		{"redirect", response(301, id, ""), "", `test bucket "b"`, false, false},
		{"conflict", response(409, id, denied), "AccessDenied", `test bucket "b": give it the right to read`, false, false},
		{"200 of another server", response(200, http.Header{}, "<html>"), "", "", true, false},
		{"404 of another server", response(404, http.Header{}, "<html>"), "", "", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sent := tt.response.Body.(*body)
			resp, err := newService().Send(http.MethodGet, func() (*http.Response, error) { return tt.response, nil }, nil)
			if tt.passed {
				require.NoError(t, err)
				assert.Same(t, tt.response, resp)
				return
			}
			assert.True(t, sent.closed)
			assert.Nil(t, resp)
			if tt.foreign {
				require.ErrorIs(t, err, errForeign)
				return
			}
			var e refusal
			require.ErrorAs(t, err, &e)
			assert.Equal(t, tt.response.StatusCode, e.StatusCode)
			assert.Equal(t, tt.code, e.Code)
			assert.Equal(t, tt.hint, e.Hint)
		})
	}
}

// RFC 9110 section 15.5.17 wants the length in Content-Range.
func TestUnsatisfiableRangeHasTheSizeOfItsBody(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header        http.Header
		content, want string
	}{
		"in the body":  {http.Header{}, "<Error><Code>InvalidRange</Code><ActualObjectSize>42</ActualObjectSize></Error>", "bytes */42"},
		"in the field": {http.Header{"Content-Range": {"bytes */7"}}, "<Error><ActualObjectSize>42</ActualObjectSize></Error>", "bytes */7"},
		"in none":      {http.Header{}, "", ""},
		"negative":     {http.Header{}, "<Error><ActualObjectSize>-1</ActualObjectSize></Error>", ""},
	} {
		resp, err := newService().Send(http.MethodGet, func() (*http.Response, error) { return response(416, tt.header, tt.content), nil }, nil)
		require.NoError(t, err, name)
		assert.Equal(t, tt.want, resp.Header.Get("Content-Range"), name)
	}
}

func TestRefusedRequestIsRetriedOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		canRetry func(*upstream.APIError) bool
		requests int
	}{
		"no cause to remove": {nil, 1},
		"cause remains":      {func(*upstream.APIError) bool { return false }, 1},
		"cause removed":      {func(*upstream.APIError) bool { return true }, 2},
	} {
		requests := 0
		_, err := newService().Send(http.MethodGet, func() (*http.Response, error) {
			requests++
			return response(403, http.Header{}, denied), nil
		}, tt.canRetry)
		require.ErrorAs(t, err, &refusal{}, name)
		assert.Equal(t, tt.requests, requests, name)
	}
}

func TestClockFollowsTheStores(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		date    time.Duration // of the response, from this machine's clock
		age     string
		skewed  bool
		correct bool
	}{
		"an error, an hour ahead":   {403, time.Hour, "", true, true},
		"an error, an hour behind":  {400, -time.Hour, "", true, true},
		"content, an hour ahead":    {200, time.Hour, "", false, true},
		"within what stores accept": {403, 4 * time.Minute, "", false, false},
		"a cached response":         {403, -time.Hour, "3600", false, false},
		"no object":                 {404, time.Hour, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newService()
				h := http.Header{"X-Id": {"1"}, "Date": {time.Now().Add(tt.date).UTC().Format(http.TimeFormat)}}
				if tt.age != "" {
					h.Set("Age", tt.age)
				}
				_, err := s.Send(http.MethodGet, func() (*http.Response, error) { return response(tt.status, h, denied), nil }, nil)
				if e, ok := errors.AsType[refusal](err); ok {
					assert.Equal(t, tt.skewed, e.Skewed)
				}
				want := time.Now().UTC()
				if tt.correct {
					want = want.Add(tt.date)
				}
				assert.Equal(t, want, s.Clock.Now())
				assert.Equal(t, want, s.Clock.SigningTime(time.Time{}))
				assert.Equal(t, want.Add(-time.Minute), s.Clock.SigningTime(time.Now().Add(-time.Minute)))
				assert.Equal(t, want.Format(http.TimeFormat), s.Clock.Date())
			})
		})
	}
}

// Requests in flight together are all refused for the clock. The first corrects it; the others may be retried as well.
func TestSkewIsReportedToEveryRequestInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService()
		refused := func() (*http.Response, error) {
			return response(403, http.Header{"Date": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}, denied), nil
		}
		_, err := s.Send(http.MethodGet, func() (*http.Response, error) {
			_, err := s.Send(http.MethodGet, refused, nil)
			require.ErrorAs(t, err, &refusal{})
			return refused()
		}, nil)
		e, ok := errors.AsType[refusal](err)
		require.True(t, ok)
		assert.True(t, e.Skewed)
	})
}
