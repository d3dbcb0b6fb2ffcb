// Package middleware_test runs failing downloads behind frameworks and middleware.
package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("broken")

// generated returns generated content of n bytes that ends with fail.
func generated(n int, fail func() error) *wrapper.File {
	return wrapper.Func("a.txt", func(_ context.Context, w io.Writer) error {
		for part := range strings.SplitSeq(strings.Repeat(strings.Repeat("x", 1000)+" ", n/1000), " ") {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		return fail()
	})
}

// panicking is a source of known length, whose reader panics after n bytes.
type panicking struct{ size, n int64 }

func (p panicking) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: p.size}, nil
}

func (p panicking) Open(context.Context, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(io.LimitReader(zeros{}, p.n), panicReader{})), nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("storage") }

// bodies are files that fail after n bytes.
var bodies = map[string]func(n int) *wrapper.File{
	"unknown length": func(n int) *wrapper.File { return generated(n, func() error { return errBroken }) },
	"known length": func(n int) *wrapper.File {
		return generated(n, func() error { return errBroken }).WithInfo(wrapper.Info{Size: int64(n) + 100_000})
	},
	"panic, unknown length": func(n int) *wrapper.File { return wrapper.New("a.txt", panicking{-1, int64(n)}) },
	"panic, known length":   func(n int) *wrapper.File { return wrapper.New("a.txt", panicking{int64(n) + 100_000, int64(n)}) },
}

var protocols = []string{"HTTP/1.0", "HTTP/1.1", "HTTP/2.0"}

// E1, S7: a body that fails in the middle never ends like a complete one, even behind middleware that recovers.
func TestE1FailedTransferSurvivesMiddleware(t *testing.T) {
	t.Parallel()
	for stack, wrap := range stacks {
		for _, protocol := range protocols {
			for length, file := range bodies {
				for size, n := range map[string]int{"small": 1000, "large": 300_000} {
					t.Run(strings.Join([]string{stack, protocol, length, size}, ", "), func(t *testing.T) {
						t.Parallel()
						results := make(chan blobdownload.Result, 1)
						server := &blobdownload.Server{
							Logger:  slog.New(slog.DiscardHandler),
							Observe: func(_ *http.Request, r blobdownload.Result) { results <- r },
						}
						h := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
							return &blobdownload.Download{File: file(n)}, nil
						})
						srv := start(t, wrap(h), protocol)
						status, err := download(t, srv, protocol)
						select {
						case r := <-results:
							require.Error(t, r.Err)
						case <-time.After(20 * time.Second):
							t.Fatal("Observe was not called")
						}
						if err == nil {
							assert.GreaterOrEqual(t, status, 500, "a truncated body ended cleanly")
						}
					})
				}
			}
		}
	}
}

// A complete body passes through the same stacks, unless the server refuses to send one whose truncation would not show.
func TestCompleteDownloadPassesMiddleware(t *testing.T) {
	t.Parallel()
	content := generated(300_000, func() error { return nil })
	for stack, wrap := range stacks {
		for _, protocol := range protocols {
			for length, file := range map[string]*wrapper.File{
				"unknown length": content, "known length": content.WithInfo(wrapper.Info{Size: 300_000}),
			} {
				t.Run(strings.Join([]string{stack, protocol, length}, ", "), func(t *testing.T) {
					t.Parallel()
					server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
					h := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
						return &blobdownload.Download{File: file}, nil
					})
					status, err := download(t, start(t, wrap(h), protocol), protocol)
					require.NoError(t, err)
					want := http.StatusOK
					if protocol == "HTTP/1.0" && length == "unknown length" && hidden[stack] {
						want = http.StatusInternalServerError
					}
					assert.Equal(t, want, status)
				})
			}
		}
	}
}

// hidden are the stacks whose http.ResponseWriter hides the connection.
var hidden = map[string]bool{
	"TimeoutHandler": true, "recover inside of timeout": true, "no Unwrap": true, "no Unwrap, recover inside": true,
}

func start(t *testing.T, h http.Handler, protocol string) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if protocol == "HTTP/2.0" {
		srv.EnableHTTP2 = true
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv
}

// download reads a whole response, without decoding it.
func download(t *testing.T, srv *httptest.Server, protocol string) (status int, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "gzip")
	var resp *http.Response
	if protocol == "HTTP/2.0" {
		resp, err = srv.Client().Do(r)
	} else {
		conn, dialErr := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
		require.NoError(t, dialErr)
		defer func() { _ = conn.Close() }()
		_, err = io.WriteString(conn, "GET / "+protocol+"\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		resp, err = http.ReadResponse(bufio.NewReader(conn), r)
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, protocol[:6], resp.Proto[:6])
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
