package blobdownload_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// socket is a client that takes rate bytes a second out of a buffer of 4 MiB, and whose writer is woken
// when a third of that has become free, as Linux does it. It stops taking anything after stopAt bytes.
type slowClient struct {
	*recordingWriter
	rate     float64
	stopAt   float64
	accepted float64
	at       time.Time // when taken was so
	deadline time.Time
}

const socketSize = 4 << 20

func (s *slowClient) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *slowClient) Write(p []byte) (int, error) {
	s.accept()
	if s.buffered()+float64(len(p)) > socketSize {
		need := s.buffered() - socketSize*2/3
		wait := time.Duration(need / s.rate * float64(time.Second))
		if s.stopAt > 0 && s.accepted+need > s.stopAt {
			wait = 100 * time.Hour
		}
		if left := time.Until(s.deadline); !s.deadline.IsZero() && left < wait {
			time.Sleep(left)
			return 0, os.ErrDeadlineExceeded
		}
		time.Sleep(wait)
		s.accept()
	}
	return s.recordingWriter.Write(p)
}

func (s *slowClient) buffered() float64 { return float64(s.bytes) - s.accepted }

func (s *slowClient) accept() {
	now := time.Now()
	if !s.at.IsZero() {
		s.accepted = min(s.accepted+s.rate*now.Sub(s.at).Seconds(), float64(s.bytes))
	}
	if s.stopAt > 0 {
		s.accepted = min(s.accepted, s.stopAt)
	}
	s.at = now
}

// zeros is n bytes of content that take no memory; each read takes pause.
func zeroFile(n int64, pause time.Duration) *wrapper.File {
	p := newCountingSource("")
	p.info.Size = n
	p.body = func(off, n int64) io.Reader { return io.LimitReader(slowZeros(pause), n) }
	return p.file("zeros.bin")
}

type slowZeros time.Duration

func (z slowZeros) Read(p []byte) (int, error) {
	time.Sleep(time.Duration(z))
	return len(p), nil
}

// LD1, LD2: who keeps to the minimum rate is never cut, however long it takes and however unevenly the
// socket lets go; who stops is, within the time that the documentation says.
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

// LD1 with real connections: those that take nothing are cut, others are served meanwhile.
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

// stall asks for content and reads none of it.
func stalledClient(t *testing.T, srv *httptest.Server, h2 bool) {
	if h2 {
		c := srv.Client().Transport.(*http.Transport).Clone()
		t.Cleanup(c.CloseIdleConnections)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, http.NoBody)
		require.NoError(t, err)
		resp, err := c.RoundTrip(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return
	}
	conn, err := net.Dial("tcp4", srv.Listener.Addr().String())
	require.NoError(t, err)
	if srv.TLS != nil {
		conn = tls.Client(conn, srv.Client().Transport.(*http.Transport).TLSClientConfig)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w := bufio.NewWriter(conn)
	_, _ = w.WriteString("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, w.Flush())
}
