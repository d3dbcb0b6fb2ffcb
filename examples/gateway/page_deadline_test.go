package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func dial(t *testing.T, s *httptest.Server, request string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	return conn
}

// A page ends for a client that does not read it. A download has no such limit.
func TestClientThatReadsNoPage(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 2)
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isDownload(r.URL.Path) {
			_, err := w.Write([]byte("whole"))
			ended <- err
			return
		}
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				ended <- err
				return
			}
		}
	})
	s := httptest.NewServer(boundPages(endless, 200*time.Millisecond))
	t.Cleanup(s.Close)
	dial(t, s, "GET /b/docs/ HTTP/1.1\r\nHost: a\r\n\r\n")
	require.ErrorContains(t, <-ended, "timeout")

	expired := httptest.NewServer(boundPages(endless, -time.Second))
	t.Cleanup(expired.Close)
	answer, err := http.ReadResponse(bufio.NewReader(dial(t, expired, "GET /f/docs/a HTTP/1.1\r\nHost: a\r\n\r\n")), nil)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, "whole", string(content))
	assert.NoError(t, <-ended)
}

// streamDeadlines records the write deadlines of a stream.
type streamDeadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (s *streamDeadlines) SetWriteDeadline(t time.Time) error {
	s.set = append(s.set, t)
	return nil
}

// A page over HTTP/2 ends for a client that does not read it, too. No deadline outlasts its stream.
func TestClientThatReadsNoPageOfAStream(t *testing.T) {
	t.Parallel()
	for path, downloads := range map[string]bool{"/b/docs/": false, "/f/docs/a": true} {
		for timeout, want := range map[time.Duration]int{time.Hour: 0, time.Nanosecond: 1} {
			w := &streamDeadlines{ResponseRecorder: httptest.NewRecorder()}
			r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
			r.ProtoMajor = 2
			boundPages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(10 * time.Millisecond)
				_, _ = io.WriteString(w, "page")
			}), timeout).ServeHTTP(w, r)
			assert.Equal(t, "page", w.Body.String())
			assert.Equal(t, !downloads, w.Flushed)
			if downloads {
				want = 0
			}
			assert.Len(t, w.set, want)
		}
	}

	ended := make(chan error, 1)
	s := httptest.NewUnstartedServer(boundPages(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				ended <- err
				return
			}
		}
	}), 200*time.Millisecond))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	resp, err := s.Client().Get(s.URL + "/b/docs/")
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	require.Equal(t, 2, resp.ProtoMajor)
	require.Error(t, <-ended)
}

// A response does not wait for a request body that never arrives.
func TestAnnouncedBodyIsNotAwaited(t *testing.T) {
	t.Parallel()
	g := openGateway(t)
	s := httptest.NewServer(g.handler)
	t.Cleanup(s.Close)
	for _, path := range []string{
		"/b/default/", "/healthz", "/f/default/readme.txt", "/sent/1", "/none", "/assets/page.css", "/zip/default?prefix=none/", "/zip/none",
	} {
		for _, accept := range []string{"*/*", "text/html"} {
			conn := dial(t, s, "GET "+path+" HTTP/1.1\r\nHost: a\r\nAccept: "+accept+"\r\nContent-Length: 100\r\n\r\n")
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err, path)
			assert.True(t, answer.Close, path)
			_, err = io.Copy(io.Discard, answer.Body)
			require.NoError(t, err, path)
			require.NoError(t, answer.Body.Close())
			require.NoError(t, conn.Close())
		}
	}
}
