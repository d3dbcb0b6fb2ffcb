package blobdownload_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// E13: the write deadline covers writes, not the pauses of a generator.
func TestE13PauseAfterTheLastWriteCompletes(t *testing.T) {
	t.Parallel()
	for protocol, configure := range protocols {
		for size, n := range map[string]int{"small": 10, "large": 300_000} {
			t.Run(protocol+" "+size, func(t *testing.T) {
				t.Parallel()
				server := quietServer()
				server.WriteTimeout = 100 * time.Millisecond
				results := make(chan blobdownload.Result, 1)
				server.Observe = func(_ *http.Request, r blobdownload.Result) {
					time.Sleep(150 * time.Millisecond)
					results <- r
				}
				f := wrapper.Func("a", func(_ context.Context, w io.Writer) error {
					_, err := io.WriteString(w, strings.Repeat("x", n))
					time.Sleep(300 * time.Millisecond)
					return err
				})
				srv := startServer(t, server.Handler(viewOf(&blobdownload.Download{File: f})), configure)
				assert.Len(t, bodyText(t, get(t, srv, "/")), n)
				require.NoError(t, (<-results).Err)
			})
		}
	}
}

// E13: a part of a multipart response whose storage is slower than WriteTimeout is complete.
func TestE13SlowPartsComplete(t *testing.T) {
	t.Parallel()
	for protocol, configure := range protocols {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			server := quietServer()
			server.WriteTimeout = 100 * time.Millisecond
			srv := startServer(t, server.Handler(viewOf(&blobdownload.Download{File: zeroFile(1<<20, 150*time.Millisecond)})), configure)
			resp := get(t, srv, "/", "Range", "bytes=0-5000,100000-105000,500000-505000")
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			assert.Equal(t, resp.ContentLength, n)
		})
	}
}

// E3: a client of HTTP/2 that grants no window does not hold a short body for ever, and counts until it is gone.
func TestE3LastBlockIsFlushedUnderTheDeadline(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*wrapper.File{
		"known length":   wrapper.Bytes("a", []byte("content")),
		"unknown length": wrapper.Seq("a", func(yield func([]byte, error) bool) { yield([]byte("content"), nil) }),
		"pause": wrapper.Func("a", func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "content")
			time.Sleep(100 * time.Millisecond)
			return err
		}),
		"error response": wrapper.Invalid("a", http.ErrNoLocation),
	} {
		for _, observed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, observed %t", name, observed), func(t *testing.T) {
				t.Parallel()
				server := quietServer()
				server.WriteTimeout = 300 * time.Millisecond
				results := make(chan blobdownload.Result, 1)
				if observed {
					server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
				}
				done := make(chan struct{})
				inner := server.Handler(viewOf(&blobdownload.Download{File: f}))
				h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(done)
					inner.ServeHTTP(w, r)
				})
				srv := startServer(t, h, enableHTTP2)
				frames := framesWithoutWindow(t, srv)
				select {
				case frame := <-frames:
					require.IsType(t, new(http2.RSTStreamFrame), frame, "the body of a client without a window")
				case <-time.After(20 * time.Second):
					t.Fatal("the stream was not reset")
				}
				<-done
				if observed {
					require.Error(t, (<-results).Err)
				}
			})
		}
	}
}

// framesWithoutWindow sends a request of HTTP/2 with a window of 0, and returns the frames of its stream after the header.
func framesWithoutWindow(t *testing.T, srv *httptest.Server) <-chan http2.Frame {
	t.Helper()
	config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.NextProtos = []string{"h2"}
	conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(conn, conn)
	require.NoError(t, framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}))
	var block strings.Builder
	enc := hpack.NewEncoder(&block)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}, {":path", "/"}} {
		require.NoError(t, enc.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: []byte(block.String()), EndStream: true, EndHeaders: true,
	}))
	frames := make(chan http2.Frame, 10)
	go func() {
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				return
			}
			if _, header := frame.(*http2.HeadersFrame); frame.Header().StreamID == 1 && !header {
				frames <- frame
			}
		}
	}()
	return frames
}

// S2: a request body that is announced and never sent does not hold a download.
func TestS2AnnouncedBodyIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
		for field, value := range map[string]string{"Content-Length": "10", "Transfer-Encoding": "chunked"} {
			t.Run(method+" "+field, func(t *testing.T) {
				t.Parallel()
				server := quietServer()
				inner := server.Handler(viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte(lettersOf(100_000)))}))
				exchangeAnnounced(t, inner, method, field+": "+value)
			})
			t.Run("error "+method+" "+field, func(t *testing.T) {
				t.Parallel()
				server := quietServer()
				exchangeAnnounced(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					server.Error(w, r, fs.ErrNotExist)
				}), method, field+": "+value)
			})
		}
	}
}

// exchangeAnnounced sends a request whose announced body never comes. Its whole response must come, with the connection's end.
func exchangeAnnounced(t *testing.T, h http.Handler, method, field string) {
	t.Helper()
	done := make(chan struct{})
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		h.ServeHTTP(w, r)
	}))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, method+" / HTTP/1.1\r\nHost: x\r\n"+field+"\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	resp, err := http.ReadResponse(bufio.NewReader(conn), request(t, method, "/"))
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	assert.True(t, resp.Close, "Connection: close")
	<-done
}
