package blobdownload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// LD1, LD2: the server never aborts a client that keeps to the minimum rate. It aborts one that stops,
// within the documented time.
func TestMinRate(t *testing.T) {
	t.Parallel()
	const rate = 16 << 10
	for name, tc := range map[string]struct {
		server *blobdownload.Server
		client slowClient
		pause  time.Duration // of the storage, before each block
		cut    bool
		within time.Duration // after it stopped
	}{
		"exactly the minimum":       {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: rate}},
		"fast":                      {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: 100 << 20}},
		"a slow storage":            {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: rate}, pause: 10 * time.Second},
		"a fifth":                   {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: rate / 5}, cut: true, within: 2 * time.Hour},
		"stops":                     {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: 1 << 20, stopAt: 20 << 20}, cut: true, within: 1*time.Second + 256*time.Second},
		"stops at once":             {server: &blobdownload.Server{MinRate: rate, WriteTimeout: time.Second}, client: slowClient{rate: 1 << 20, stopAt: 1}, cut: true, within: 1*time.Second + 256*time.Second},
		"no minimum, slow":          {server: &blobdownload.Server{}, client: slowClient{rate: rate}},
		"no minimum, stops":         {server: &blobdownload.Server{WriteTimeout: time.Minute}, client: slowClient{rate: 1 << 20, stopAt: 20 << 20}, cut: true, within: time.Minute},
		"no limit, stops for long":  {server: &blobdownload.Server{WriteTimeout: -1}, client: slowClient{rate: 1 << 20, stopAt: 20 << 20}},
		"by default, stops":         {server: &blobdownload.Server{}, client: slowClient{rate: 1 << 20, stopAt: 20 << 20}, cut: true, within: 2 * time.Minute},
		"longer than http.Server's": {server: &blobdownload.Server{}, client: slowClient{rate: 200 << 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := tc.client
				client.recordingWriter = newRecordingWriter()
				client.discard = true
				server := tc.server
				server.Logger = quietServer().Logger
				var result blobdownload.Result
				server.Observe = func(_ *http.Request, r blobdownload.Result) { result = r }
				began := time.Now()
				serve := func() {
					_ = server.Serve(&client, httptest.NewRequest(http.MethodGet, "/", http.NoBody),
						&blobdownload.Download{File: zeroFile(64<<20, tc.pause)})
				}
				if !tc.cut {
					require.NotPanics(t, serve)
					assert.Equal(t, int64(64<<20), client.bytes)
					return
				}
				require.PanicsWithValue(t, http.ErrAbortHandler, serve)
				require.ErrorIs(t, result.Err, blobdownload.ErrSlowClient)
				assert.LessOrEqual(t, time.Since(began), tc.within+time.Minute, "the time to fill the socket is a minute at most")
			})
		})
	}
}

// LD1 with real connections: the server aborts stalled clients and serves others meanwhile.
func TestStalledClientsAreAborted(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			results := make(chan blobdownload.Result, 100)
			server := &blobdownload.Server{
				Logger: quietServer().Logger, WriteTimeout: 200 * time.Millisecond, MinRate: 1 << 20,
				Observe: func(_ *http.Request, r blobdownload.Result) { results <- r },
			}
			const size = 32 << 20
			h := server.Handler(viewOf(&blobdownload.Download{File: zeroFile(size, 0)}))
			configure := func(*httptest.Server) {}
			if proto == "HTTP/2.0" {
				configure = enableHTTP2
			}
			srv := startServer(t, h, configure)
			const stalled = 5
			for range stalled {
				stalledClient(t, srv, proto == "HTTP/2.0")
			}
			resp := get(t, srv, "/")
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			assert.Equal(t, int64(size), n)
			assert.Equal(t, proto, resp.Proto)
			slow := 0
			for range stalled + 1 {
				if r := <-results; r.Err != nil {
					require.ErrorIs(t, r.Err, blobdownload.ErrSlowClient)
					slow++
				}
			}
			assert.Equal(t, stalled, slow)
		})
	}
}
