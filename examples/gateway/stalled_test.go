package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
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

// S8: an HTTP/2 connection whose client reads nothing does not outlive its timeouts.
func TestS8StalledHTTP2ConnectionIsClosed(t *testing.T) {
	t.Parallel()
	downloads := &blobdownload.Server{WriteTimeout: 5 * time.Second, Logger: slog.New(slog.DiscardHandler)}
	endless := wrapper.Func("a", func(_ context.Context, w io.Writer) error {
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
		}
	})
	server := newServer(downloads.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: endless}, nil
	}), new(limits), io.Discard)
	require.Positive(t, server.HTTP2.WriteByteTimeout)
	server.HTTP2.WriteByteTimeout = 300 * time.Millisecond
	closed := make(chan struct{})
	server.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			close(closed)
		}
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })

	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(conn, conn)
	require.NoError(t, framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1<<31 - 1}))
	require.NoError(t, framer.WriteWindowUpdate(0, 1<<30))
	var block strings.Builder
	enc := hpack.NewEncoder(&block)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "x"}, {":path", "/"}} {
		require.NoError(t, enc.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: []byte(block.String()), EndStream: true, EndHeaders: true,
	}))
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		assert.Fail(t, "the connection is still open")
	}
}
