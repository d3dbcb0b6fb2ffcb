package blobdownload_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

var protocols = map[string]func(*httptest.Server){"HTTP/1.1": func(*httptest.Server) {}, "HTTP/2": enableHTTP2}

// truncatedFiles returns files whose content fails after some bytes, by the length that they declare.
func truncatedFiles(after int64) map[string]func() *wrapper.File {
	broken := errors.New("broken")
	sized := func(size int64, body func() io.Reader) func() *wrapper.File {
		return func() *wrapper.File {
			p := newCountingSource("")
			p.info.Size = size
			p.body = func(int64, int64) io.Reader { return body() }
			return p.file("a")
		}
	}
	generate := func(_ context.Context, w io.Writer) error {
		if _, err := io.Copy(w, &letters{n: after}); err != nil {
			return err
		}
		return broken
	}
	return map[string]func() *wrapper.File{
		"length known, error":   sized(after+100_000, func() io.Reader { return &letters{n: after, after: broken} }),
		"length known, short":   sized(after+100_000, func() io.Reader { return &letters{n: after} }),
		"length unknown, error": sized(-1, func() io.Reader { return &letters{n: after, after: broken} }),
		"Func": func() *wrapper.File {
			return wrapper.Func("a", generate)
		},
		"Func that panics": func() *wrapper.File {
			return wrapper.Func("a", func(ctx context.Context, w io.Writer) error {
				_ = generate(ctx, w)
				panic("generator")
			})
		},
		"Func, length declared": func() *wrapper.File {
			return wrapper.Func("a", generate).WithInfo(wrapper.Info{Size: after + 100_000})
		},
		"Seq": func() *wrapper.File {
			return wrapper.Seq("a", func(yield func([]byte, error) bool) {
				if yield([]byte(strings.Repeat("x", int(after))), nil) {
					yield(nil, broken)
				}
			})
		},
	}
}

// TR9, TR10, TR33: a truncated body never ends like a complete one.
func TestTruncatedBodyFailsTheTransfer(t *testing.T) {
	t.Parallel()
	for protocol, configure := range protocols {
		for size, after := range map[string]int64{"small": 10, "large": 300_000} {
			for name, file := range truncatedFiles(after) {
				t.Run(protocol+" "+size+" "+name, func(t *testing.T) {
					t.Parallel()
					server, log := loggedServer()
					results := make(chan blobdownload.Result, 1)
					server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
					srv := startServer(t, server.Handler(fileView(func(string) *wrapper.File { return file() })), configure)
					resp, err := roundTrip(t, srv, "GET", "/")
					var n int64
					if err == nil {
						assert.Equal(t, protocol[:6], resp.Proto[:6])
						assert.Equal(t, http.StatusOK, resp.StatusCode)
						n, err = io.Copy(io.Discard, resp.Body)
					}
					require.Error(t, err)
					assert.LessOrEqual(t, n, after)
					result := <-results
					require.Error(t, result.Err)
					assert.LessOrEqual(t, n, result.Bytes)
					assert.Contains(t, log.String(), "download aborted")
					assert.Contains(t, log.String(), "level=ERROR")
				})
			}
		}
	}
}

// TR12: to a client of HTTP/1.0, a closed connection is the end of the content.
func TestTruncatedBodyResetsHTTP10(t *testing.T) {
	t.Parallel()
	for size, after := range map[string]int64{"small": 10, "large": 300_000} {
		for name, file := range truncatedFiles(after) {
			t.Run(size+" "+name, func(t *testing.T) {
				t.Parallel()
				srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return file() })))
				resp, err := http10(t, srv)
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
				}
				require.Error(t, err)
				if resp == nil || resp.ContentLength < 0 {
					require.ErrorIs(t, err, syscall.ECONNRESET, "a client of HTTP/1.0 detects truncation only by a reset")
				}
			})
		}
	}
	for name, f := range map[string]*wrapper.File{
		"length known":   newCountingSource("content").file("a"),
		"length unknown": wrapper.Seq("a", func(yield func([]byte, error) bool) { yield([]byte("content"), nil) }),
	} {
		t.Run("whole, "+name, func(t *testing.T) {
			t.Parallel()
			resp, err := http10(t, startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return f }))))
			require.NoError(t, err)
			assert.Equal(t, "content", bodyText(t, resp), "ends cleanly")
		})
	}
}

// http10 sends a request of HTTP/1.0, as nginx does.
func http10(t *testing.T, srv *httptest.Server) (*http.Response, error) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "GET / HTTP/1.0\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodGet})
	if err == nil {
		assert.Empty(t, resp.TransferEncoding)
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}

// TR33: an aborted download does not abort others on the same connection.
func TestAbortLeavesOtherStreamsOfTheConnection(t *testing.T) {
	t.Parallel()
	broke := make(chan struct{})
	good := wrapper.Func("good", func(ctx context.Context, w io.Writer) error {
		if _, err := io.Copy(w, &letters{n: 100_000}); err != nil {
			return err
		}
		select {
		case <-broke:
		case <-ctx.Done():
			return ctx.Err()
		}
		_, err := io.Copy(w, &letters{n: 100_000})
		return err
	})
	bad := wrapper.Func("bad", func(_ context.Context, w io.Writer) error {
		_, _ = io.Copy(w, &letters{n: 100_000})
		return errors.New("broken")
	})
	h := quietServer().Handler(fileView(func(key string) *wrapper.File {
		if key == "bad" {
			return bad
		}
		return good
	}))
	var conns atomic.Int32
	srv := startServer(t, h, enableHTTP2, func(srv *httptest.Server) {
		srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				conns.Add(1)
			}
		}
	})
	slow := get(t, srv, "/?key=good")
	_, err := io.CopyN(io.Discard, slow.Body, 50_000)
	require.NoError(t, err)
	broken := get(t, srv, "/?key=bad")
	_, err = io.Copy(io.Discard, broken.Body)
	require.Error(t, err)
	close(broke)
	rest, err := io.Copy(io.Discard, slow.Body)
	require.NoError(t, err)
	assert.EqualValues(t, 150_000, rest)
	assert.EqualValues(t, 1, conns.Load(), "both went by one connection")
}
