package wrapper_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/go-downloadview/downloadview/wrapper"
)

// http2Server answers the n-th request on all of its connections with frames of a test.
func http2Server(t *testing.T, answer func(n int64, f *http2.Framer, stream uint32) (closes bool)) *wrapper.File {
	t.Helper()
	var requests atomic.Int64
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, c *tls.Conn, _ http.Handler) {
			defer c.Close()
			serveFrames(c, func(f *http2.Framer, stream uint32) bool { return answer(requests.Add(1), f, stream) })
		},
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	client := s.Client()
	client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
	t.Cleanup(client.CloseIdleConnections)
	return wrapper.URL(client, s.URL)
}

func serveFrames(c net.Conn, answer func(f *http2.Framer, stream uint32) (closes bool)) {
	if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
		return
	}
	f := http2.NewFramer(c, c)
	if f.WriteSettings() != nil {
		return
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = f.WriteSettingsAck()
			}
		case *http2.HeadersFrame:
			if answer(f, frame.StreamID) {
				return
			}
		}
	}
}

// writeContent sends the digits as a 200.
func writeContent(f *http2.Framer, stream uint32) {
	var block bytes.Buffer
	_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true})
	_ = f.WriteData(stream, true, []byte(digits))
}

func TestE15HTTP2AbortBeforeTheFirstByteIsRetried(t *testing.T) {
	t.Parallel()
	reset := func(code http2.ErrCode) func(*http2.Framer, uint32) bool {
		return func(f *http2.Framer, stream uint32) bool { _ = f.WriteRSTStream(stream, code); return false }
	}
	goAway := func(code http2.ErrCode) func(*http2.Framer, uint32) bool {
		return func(f *http2.Framer, stream uint32) bool { _ = f.WriteGoAway(stream, code, nil); return true }
	}
	for name, abort := range map[string]func(*http2.Framer, uint32) bool{
		"REFUSED_STREAM":               reset(http2.ErrCodeRefusedStream),
		"CANCEL":                       reset(http2.ErrCodeCancel),
		"INTERNAL_ERROR":               reset(http2.ErrCodeInternal),
		"ENHANCE_YOUR_CALM":            reset(http2.ErrCodeEnhanceYourCalm),
		"GOAWAY":                       goAway(http2.ErrCodeNo),
		"GOAWAY with INTERNAL_ERROR":   goAway(http2.ErrCodeInternal),
		"GOAWAY with PROTOCOL_ERROR":   goAway(http2.ErrCodeProtocol),
		"closed":                       func(*http2.Framer, uint32) bool { return true },
		"DATA without a HEADERS frame": func(f *http2.Framer, stream uint32) bool { _ = f.WriteData(stream+2, false, []byte("x")); return true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			f := http2Server(t, func(n int64, f *http2.Framer, stream uint32) bool {
				requests.Add(1)
				if n == 1 {
					return abort(f, stream)
				}
				writeContent(f, stream)
				return false
			})
			got, err := fetchAll(t, f, wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, digits, string(got))
			assert.Equal(t, int64(2), requests.Load())
		})
	}
}
