package network_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// answers are all kinds of response. A client that aborts a large one costs a connection; no other response does.
func answers(etag, modified string) []answer {
	return []answer{
		{name: "whole", status: 200},
		{name: "first bytes", fields: http.Header{"Range": {"bytes=0-9"}}, status: 206},
		{name: "middle", fields: http.Header{"Range": {"bytes=5000-5999"}}, status: 206},
		{name: "to the end", fields: http.Header{"Range": {"bytes=99000-"}}, status: 206},
		{name: "suffix", fields: http.Header{"Range": {"bytes=-500"}}, status: 206},
		{name: "two ranges", fields: http.Header{"Range": {"bytes=0-9,90000-90009"}}, status: 206},
		{name: "If-Range holds", fields: http.Header{"Range": {"bytes=5-9"}, "If-Range": {etag}}, status: 206},
		{name: "If-Range is old", fields: http.Header{"Range": {"bytes=5-9"}, "If-Range": {`"old"`}}, status: 200},
		{name: "HEAD", method: http.MethodHead, status: 200},
		{name: "304 by tag", fields: http.Header{"If-None-Match": {etag}}, status: 304},
		{name: "304 by date", fields: http.Header{"If-Modified-Since": {modified}}, status: 304},
		{name: "changed", fields: http.Header{"If-None-Match": {`"old"`}}, status: 200},
		{name: "412", fields: http.Header{"If-Match": {`"old"`}}, status: 412},
		{name: "416", fields: http.Header{"Range": {"bytes=100000-"}}, status: 416},
		{name: "404", key: "none", status: 404},
		{name: "empty", key: "empty", status: 200},
		{name: "left early", key: "large", status: 200, leave: true},
	}
}

type answer struct {
	name, method, key string
	fields            http.Header
	status            int
	leave             bool // after the first kilobyte
}

func TestNoConnectionIsLeaked(t *testing.T) {
	const total = 1000
	eachStore(t, func(t *testing.T, s store) {
		r := newProxiedServer(t, s, wrapper.ReadOptions{})
		r.put(t, "k", random(100_000, 1))
		r.put(t, "empty", nil)
		r.put(t, "large", random(8<<20, 2))
		resp, err := r.send(t.Context(), http.MethodHead, "k", nil)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		modified, err := http.ParseTime(resp.Header.Get("Last-Modified"))
		require.NoError(t, err)
		later := modified.Add(time.Second) // for the fractions that a store compares and does not send
		time.Sleep(time.Until(later))      // a date that is yet to come is ignored
		kinds := answers(resp.Header.Get("ETag"), later.Format(http.TimeFormat))
		left, before := 0, r.proxy.Conns()
		for i := range total {
			a := kinds[i%len(kinds)]
			r.answer(t, &a)
			if a.leave {
				left++
			}
		}
		// net/http closes a connection if its writer was not scheduled for 50 ms.
		assert.LessOrEqual(t, r.proxy.Conns()-before, left+total/100, "connections were thrown away")
		assert.Eventually(t, func() bool { return r.proxy.InFlight() == 0 }, 10*time.Second, time.Millisecond)
		assert.Eventually(t, func() bool { return r.proxy.Open() <= 1 }, 10*time.Second, time.Millisecond, "connections that are kept")
		t.Logf("%d answers, %d of them left early, by %d requests over %d connections, of which %d are open",
			total, left, r.proxy.Requests(), r.proxy.Conns()-before+1, r.proxy.Open())
		r.closeIdle()
		assert.Eventually(t, func() bool { return r.proxy.Open() == 0 }, 10*time.Second, time.Millisecond, "connections that are neither used nor idle")
	})
}

// answer sends a request and reads the response, up to the abort if there is one.
func (r *storageServer) answer(t *testing.T, a *answer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	key, method := "k", http.MethodGet
	if a.key != "" {
		key = a.key
	}
	if a.method != "" {
		method = a.method
	}
	resp, err := r.send(ctx, method, key, a.fields)
	require.NoError(t, err, a.name)
	require.Equal(t, a.status, resp.StatusCode, a.name)
	if a.leave {
		_, err = io.ReadFull(resp.Body, make([]byte, 1024))
		require.NoError(t, err)
		cancel()
		_ = resp.Body.Close()
		require.Eventually(t, func() bool { return r.proxy.InFlight() == 0 }, 10*time.Second, time.Millisecond, a.name)
		return
	}
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err, a.name)
	require.NoError(t, resp.Body.Close())
}
