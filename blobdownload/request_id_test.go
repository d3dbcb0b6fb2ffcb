package blobdownload_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// LG1, LG2: a field that is no plain id, or two fields, are no id. Nothing of them reaches a result or the log.
func TestRequestID(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{"7d67853853eedd192065717f340e9b1a"}, "7d67853853eedd192065717f340e9b1a"},
		{[]string{"Root=1-67891233-abcdef012345678912345678"}, "Root=1-67891233-abcdef012345678912345678"},
		{[]string{"a", "b"}, ""},
		{[]string{""}, ""},
		{[]string{"a\r\nlevel=ERROR"}, ""},
		{[]string{`a" path="/forged`}, ""},
		{[]string{"a\x1b[2J"}, ""},
		{[]string{strings.Repeat("a", 65)}, ""},
	} {
		var results []blobdownload.Result
		server, log := loggedServer()
		server.Observe = func(_ *http.Request, res blobdownload.Result) { results = append(results, res) }
		r := request(t, "GET", "/")
		if tt.lines != nil {
			r.Header["X-Request-Id"] = tt.lines
		}
		assert.Equal(t, tt.want, blobdownload.RequestID(r))
		exchangeRequest(server.Handler(viewOf(&blobdownload.Download{File: newCountingSource("x").file("a")})), r)
		require.Len(t, results, 1)
		assert.Equal(t, tt.want, results[0].RequestID, "%q", tt.lines)

		exchangeRequest(server.Handler(func(*http.Request) (*blobdownload.Download, error) { return nil, errors.New("failed") }), r)
		line := log.String()
		assert.Equal(t, 1, strings.Count(line, "\n"))
		assert.Contains(t, line, "download failed")
		if tt.want == "" {
			assert.NotContains(t, line, "request_id", "%q", tt.lines)
			assert.NotContains(t, line, "forged")
		} else {
			assert.Contains(t, line, tt.want)
			assert.Contains(t, line, "request_id=")
		}
	}
}

// LG1: the handler gives an id to a request without a valid one, and sends it with the response.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	var results []blobdownload.Result
	server := quietServer()
	server.Observe = func(_ *http.Request, res blobdownload.Result) { results = append(results, res) }
	server.Optimizer = blobdownload.OptimizerFunc(func(r *http.Request, _ *blobdownload.Download) (*blobdownload.Redirect, error) {
		if r.URL.RawQuery == "" {
			return nil, nil //nolint:nilnil // streamed
		}
		return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_files/a"}}}, nil
	})
	h := blobdownload.RequestIDs(server.Handler(viewOf(&blobdownload.Download{File: newCountingSource("x").file("a")})))
	seen := map[string]bool{}
	for _, target := range []string{"/", "/?offloaded"} {
		for _, id := range []string{"", "of-the-client", `not "valid`, "a\nb"} {
			r := request(t, "GET", target)
			if id != "" {
				r.Header["X-Request-Id"] = []string{id}
			}
			resp := exchangeRequest(h, r)
			res := results[len(results)-1]
			assert.Equal(t, []string{res.RequestID}, resp.Header["X-Request-Id"])
			assert.Equal(t, resp.Header.Get("X-Accel-Redirect") != "", res.Redirect != nil)
			if id == "of-the-client" {
				assert.Equal(t, id, res.RequestID)
				continue
			}
			assert.Regexp(t, "^[0-9a-f]{32}$", res.RequestID)
			assert.False(t, seen[res.RequestID])
			seen[res.RequestID] = true
			assert.Equal(t, id, r.Header.Get("X-Request-ID"), "the request of the caller stays")
		}
	}
	assert.Len(t, seen, 6)
}
