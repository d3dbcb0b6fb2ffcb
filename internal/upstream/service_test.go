package upstream_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

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
		Refusals: []upstream.Refusal{
			{Code: "AccessDenied", Kind: upstream.Denied, Advice: "give it the right to read"},
			{Code: "TooSkewed", Kind: upstream.Untimely},
		},
		CodeField: "X-Code",
		Genuine:   func(_ string, resp *http.Response) bool { return resp.Header.Get("X-Id") != "" },
		Foreign:   errForeign,
		Error:     func(e *upstream.APIError) error { return refusal{e} },
	}}
	s.Clock.Store, s.Clock.Layout = "test", http.TimeFormat
	return s
}

// send makes a GET with one response after the other, the last one for ever, and returns how many it took.
func send(s *upstream.Service, remedy func(*upstream.APIError) bool, responses ...func() *http.Response) (resp *http.Response, requests int, err error) {
	try := func(string) (*http.Response, error) {
		requests++
		return responses[min(requests, len(responses))-1](), nil
	}
	resp, err = s.Send(&upstream.Call{Method: http.MethodGet, Key: "k", Attempt: attempt{try, remedy}})
	return resp, requests, err
}

// attempt has a remedy, unless that is nil.
type attempt struct {
	try    upstream.Try
	remedy func(*upstream.APIError) bool
}

func (a attempt) Try(method string) (*http.Response, error) { return a.try(method) }

func (a attempt) Remedy(e *upstream.APIError) bool { return a.remedy != nil && a.remedy(e) }

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
		{"405", response(405, id, "<Error><Code>MethodNotAllowed</Code></Error>"), "MethodNotAllowed", `test bucket "b": the endpoint does not serve objects`, false, false},
		{"429", response(429, id, ""), "", `test bucket "b": the store limits requests`, false, false},
		{"503 of a proxy", response(503, http.Header{}, "<html>"), "", `test bucket "b"`, false, false},
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
			resp, _, err := send(newService(), nil, func() *http.Response { return tt.response })
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

// RFC 9110 section 15.5.17 requires the length in Content-Range.
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
		resp, _, err := send(newService(), nil, func() *http.Response { return response(416, tt.header, tt.content) })
		require.NoError(t, err, name)
		assert.Equal(t, tt.want, resp.Header.Get("Content-Range"), name)
	}
}

func TestRefusedRequestIsRetriedTwiceAtMost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		remedy   func(*upstream.APIError) bool
		requests int
	}{
		"no cause to remove": {nil, 1},
		"cause remains":      {func(*upstream.APIError) bool { return false }, 1},
		"cause removed":      {func(*upstream.APIError) bool { return true }, 3},
	} {
		_, requests, err := send(newService(), tt.remedy, func() *http.Response { return response(403, http.Header{}, denied) })
		require.ErrorAs(t, err, &refusal{}, name)
		assert.Equal(t, tt.requests, requests, name)
	}
}
