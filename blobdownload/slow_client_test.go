package blobdownload_test

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slowClient is a client that accepts rate bytes per second from a socket buffer of 4 MiB. A blocked write resumes
// when a third of the buffer is free, as on Linux. The client accepts nothing after stopAt bytes.
type slowClient struct {
	*recordingWriter
	rate     float64
	stopAt   float64
	accepted float64
	at       time.Time // when taken was so
	deadline time.Time
}

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

const socketSize = 4 << 20

// stalledClient sends a request and reads nothing of the response.
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

// shutdownDuringWrite is a slowClient whose server is shut down while a write deadline is set.
type shutdownDuringWrite struct {
	*slowClient
	shutdown func()
}

func (c *shutdownDuringWrite) SetWriteDeadline(t time.Time) error {
	if shutdown := c.shutdown; shutdown != nil {
		c.shutdown = nil
		shutdown()
	}
	return c.slowClient.SetWriteDeadline(t)
}
