package wrapper_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// pipeServer answers every request on a connection of net.Pipe, so that it can run in a bubble of synctest. It counts
// its connections that are open.
type pipeServer struct {
	answer func(n int64, c net.Conn) // to the n-th request, before the connection is closed

	requests atomic.Int64
	open     atomic.Int64
	serving  sync.WaitGroup
}

func (s *pipeServer) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableCompression: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			s.open.Add(1)
			s.serving.Go(func() {
				defer s.open.Add(-1)
				defer there.Close()
				if _, err := http.ReadRequest(bufio.NewReader(there)); err == nil {
					s.answer(s.requests.Add(1), there)
				}
			})
			return here, nil
		},
	}}
}

// untilClosed blocks until the client closes the connection.
func untilClosed(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }

// pipeStore is a pipeServer as the store of a bucket.
type pipeStore struct{ client *http.Client }

func (s pipeStore) Send(ctx ctx, method, _, _ string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://store.test/k", http.NoBody)
	if err != nil {
		return nil, err
	}
	if h != nil {
		req.Header = h
	}
	return s.client.Transport.RoundTrip(req)
}

func (pipeStore) Describe(*http.Response, *wrapper.Info) {}

func (pipeStore) SignedURL(ctx, string, wrapper.SignOptions) (string, error) {
	return "", errors.ErrUnsupported
}

// eachRemote runs a test with files of a pipeServer, in a bubble.
func eachRemote(t *testing.T, answer func(n int64, c net.Conn), test func(t *testing.T, s *pipeServer, f *wrapper.File)) {
	t.Helper()
	for _, kind := range []string{"URL", "store"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &pipeServer{answer: answer}
				c := s.client()
				f := wrapper.URL(c, "http://store.test/k")
				if kind == "store" {
					b := memblob.OpenBucket(nil)
					defer b.Close()
					customStores.Store(b, wrapper.Store(pipeStore{c}))
					defer customStores.Delete(b)
					f = wrapper.Blob(b, "k")
				}
				test(t, s, f)
				c.CloseIdleConnections()
				s.serving.Wait()
				assert.Zero(t, s.open.Load(), "connections")
			})
		})
	}
}

var customStores sync.Map // *blob.Bucket to wrapper.Store

func init() {
	wrapper.RegisterStore(func(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
		s, ok := customStores.Load(b)
		if !ok {
			return nil, false
		}
		return s.(wrapper.Store), true
	})
}

// E2: the body of a response without content ends, or its connection is closed.
func TestE2SilentBodyOfARefusalIsGivenUp(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		err    error
		status int
	}{
		403: {err: fs.ErrPermission}, 404: {err: fs.ErrNotExist}, 500: {err: &wrapper.UpstreamError{}},
		412: {status: 412}, 416: {status: 416},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			eachRemote(t, func(_ int64, c net.Conn) {
				fmt.Fprintf(c, "HTTP/1.1 %d X\r\nContent-Length: 1000\r\nContent-Range: bytes */10\r\n\r\n<Error>", status)
				untilClosed(c)
			}, func(t *testing.T, _ *pipeServer, f *wrapper.File) {
				l := wrapper.NewLimiter(1, time.Hour)
				for range 2 { // the second one needs the place of the first one
					req := wrapper.Request{Range: "bytes=20-"}
					if status == http.StatusPreconditionFailed {
						req = wrapper.Request{IfMatch: `"v"`}
					}
					resp, err := f.WithLimiter(l).Fetch(t.Context(), req)
					switch {
					case want.status != 0:
						require.NoError(t, err)
						assert.Equal(t, want.status, resp.Status)
					case status == 500:
						upstream, ok := errors.AsType[*wrapper.UpstreamError](err)
						require.True(t, ok, err)
						assert.Equal(t, 500, upstream.Status)
					default:
						require.ErrorIs(t, err, want.err)
					}
				}
			})
		})
	}
}

// E8: one time limit for the response header, retries included.
func TestE8SilentServerIsATimeout(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(n int64, c net.Conn){
		"it never answers": func(_ int64, c net.Conn) { untilClosed(c) },
		"it never answers a retry": func(n int64, c net.Conn) {
			if n > 1 {
				untilClosed(c)
			}
		},
		"its answers fail, each after some time": func(_ int64, c net.Conn) { time.Sleep(20 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachRemote(t, answer, func(t *testing.T, s *pipeServer, f *wrapper.File) {
				l := wrapper.NewLimiter(1, time.Hour)
				f = f.WithLimiter(l)
				for call, do := range map[string]func() error{
					"Fetch": func() error { _, err := f.Fetch(t.Context(), wrapper.Request{}); return err },
					"HEAD":  func() error { _, err := f.Fetch(t.Context(), wrapper.Request{Head: true}); return err },
					"Open":  func() error { _, err := f.Open(t.Context(), 1, 5); return err },
					"Stat":  func() error { _, err := f.Stat(t.Context()); return err },
				} {
					s.requests.Store(0) // the first request of each call
					began := time.Now()
					require.ErrorIs(t, do(), context.DeadlineExceeded, call)
					assert.Equal(t, 30*time.Second, time.Since(began), "%s: the bubble's time is exact", call)
				}
			})
		})
	}
}

func TestE8ClientThatLeavesEndsTheWaitForTheHeader(t *testing.T) {
	t.Parallel()
	eachRemote(t, func(_ int64, c net.Conn) { untilClosed(c) }, func(t *testing.T, _ *pipeServer, f *wrapper.File) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := f.Fetch(ctx, wrapper.Request{})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// E8: the time limit ends with the header. A slow body may take longer.
func TestE8TimeLimitEndsWithTheHeader(t *testing.T) {
	t.Parallel()
	eachRemote(t, slowBody, func(t *testing.T, _ *pipeServer, f *wrapper.File) {
		got, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, string(got))
	})
}

// slowBody sends a byte every 20 seconds.
func slowBody(_ int64, c net.Conn) {
	fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v\"\r\nConnection: close\r\n\r\n")
	for _, digit := range digits {
		time.Sleep(20 * time.Second)
		fmt.Fprint(c, string(digit))
	}
}

func TestNegativeTimeLimitsAreTheDefaults(t *testing.T) {
	t.Parallel()
	eachRemote(t, slowBody, func(t *testing.T, _ *pipeServer, f *wrapper.File) {
		got, err := fetchAll(t, f.WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: -1, StallTimeout: -1}), wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, string(got))
	})
}

func TestE8FirstByteTimeoutIsConfigurable(t *testing.T) {
	t.Parallel()
	eachRemote(t, func(_ int64, c net.Conn) { untilClosed(c) }, func(t *testing.T, _ *pipeServer, f *wrapper.File) {
		began := time.Now()
		_, err := f.WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second}).Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
	})
}
