// Package load_test measures the cost of many stalled and aborting clients.
package load_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/splice"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // one request a download, signed without the SDK
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loaded is an in-process download server with an S3 storage. Its sockets have small buffers, so a thousand of them
// do not fill the kernel's memory.
type loaded struct {
	*httptest.Server
	*blobdownload.Storage
	downloads *blobdownload.Server
	slow      atomic.Int64 // downloads that were aborted because of a slow client
	ended     atomic.Int64
}

const largeObject = 100 << 20

func startLoaded(t *testing.T, change func(*blobdownload.Server)) *loaded {
	t.Helper()
	s := s3server.Start(t)
	f, err := os.Create(filepath.Join(s.Root, s3server.BucketName, "large"))
	require.NoError(t, err)
	require.NoError(t, f.Truncate(largeObject))
	require.NoError(t, f.Close())
	connections := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(connections.CloseIdleConnections) // the server waits for them when it stops
	options := s.Client().Options()
	options.HTTPClient = &http.Client{Transport: connections}
	bucket, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	l := &loaded{Storage: &blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(bucket)}}
	require.NoError(t, l.Bucket.WriteAll(t.Context(), "small", make([]byte, 1<<20), nil))
	l.downloads = &blobdownload.Server{
		Logger: slog.New(slog.DiscardHandler),
		Observe: func(_ *http.Request, r blobdownload.Result) {
			if errors.Is(r.Err, blobdownload.ErrSlowClient) {
				l.slow.Add(1)
			}
			l.ended.Add(1)
		},
	}
	change(l.downloads)
	mux := http.NewServeMux()
	mux.Handle("/{key}", l.downloads.Handler(blobdownload.StorageView(l.Storage, blobdownload.PathValue("key"))))
	l.Server = httptest.NewUnstartedServer(mux)
	l.Config.ErrorLog = log.New(io.Discard, "", 0)
	l.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
		return ctx
	}
	l.Start()
	t.Cleanup(l.Server.Close)
	return l
}

// request sends a request and does not read the response.
func (l *loaded) request(t *testing.T, key string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp4", l.Listener.Addr().String())
	require.NoError(t, err)
	conn := c.(*net.TCPConn)
	require.NoError(t, conn.SetReadBuffer(8<<10))
	_, err = fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", key)
	require.NoError(t, err)
	return conn
}

// held returns the memory in use: the heap after a collection, and the stacks.
func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// LD1: a thousand stalled readers cost less than 80 KB each. Other clients are served, and MinRate aborts all
// stalled downloads.
func TestThousandStalledReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	const readers = 1000
	l := startLoaded(t, func(s *blobdownload.Server) {
		// A reader has WriteTimeout, plus 10 seconds for 512 KiB at MinRate, plus the time of the bytes in its
		// socket buffers.
		s.WriteTimeout, s.MinRate = 2*time.Second, 64<<10
	})
	before, files := held(), descriptors(t)
	began := time.Now()
	var conns []net.Conn
	for range readers {
		conns = append(conns, l.request(t, "large"))
	}
	served := 0
	peak := before
	for l.ended.Load()-int64(served) < readers && time.Since(began) < time.Minute {
		peak = max(peak, held())
		resp, err := l.Client().Get(l.URL + "/small")
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, resp.Body)
		require.NoError(t, err, "somebody else's slowness ended an honest download")
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, int64(1<<20), n)
		served++
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("%d bytes more, %d downloads meanwhile, all ended after %v", peak-before, served, time.Since(began).Round(time.Millisecond))
	assert.Equal(t, int64(readers), l.slow.Load())
	assert.Positive(t, served)
	assert.Less(t, peak-before, int64(memoryBound), "copy buffers, stacks, and what net/http holds for two connections each")
	for _, c := range conns {
		assert.NoError(t, c.Close())
	}
	l.restsWithin(t, 10*time.Second)
	require.Eventually(t, func() bool { return descriptors(t) <= files+100 }, 10*time.Second, 20*time.Millisecond)
}

// restsWithin waits up to d until no download is in flight and no reader of the storage is open.
func (l *loaded) restsWithin(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	require.NoError(t, l.downloads.Shutdown(ctx), "downloads in flight")
	l.CloseClientConnections()
	require.NoError(t, l.Storage.Close(ctx), "readers of the storage that were not closed")
}

// LD6: ten thousand aborted downloads leak nothing.
func TestTenThousandAborts(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("file descriptors are counted in /proc")
	}
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	l := startLoaded(t, func(*blobdownload.Server) {})
	warm := l.request(t, "large")
	_, err := io.ReadFull(warm, make([]byte, 1000))
	require.NoError(t, err)
	require.NoError(t, warm.Close())
	goroutines, files := runtime.NumGoroutine(), descriptors(t)

	const aborts, atATime = 10_000, 50
	var wg sync.WaitGroup
	for w := range atATime {
		wg.Go(func() {
			for i := range aborts / atATime {
				conn := l.request(t, "large")
				if read := (w + i) % 5; read > 0 { // the others leave before the answer
					_, err := io.ReadFull(conn, make([]byte, read*3000))
					assert.NoError(t, err)
				}
				if i%2 == 0 {
					_ = conn.SetLinger(0)
				}
				_ = conn.Close()
			}
		})
	}
	wg.Wait()
	require.Eventually(t, func() bool {
		return l.ended.Load() >= aborts*4/5 && runtime.NumGoroutine() <= goroutines+200 && descriptors(t) <= files+200
	},
		30*time.Second, 20*time.Millisecond, "goroutines or connections are left: %d of %d, %d of %d", runtime.NumGoroutine(), goroutines, descriptors(t), files)
	l.restsWithin(t, 10*time.Second)
	assert.Zero(t, l.slow.Load())
	const pipes = 2 * splice.Limit // which remain open for later downloads
	require.Eventually(t, func() bool {
		return runtime.NumGoroutine() <= goroutines && descriptors(t) <= files+pipes
	}, 10*time.Second, 20*time.Millisecond)
}

func descriptors(t *testing.T) int {
	t.Helper()
	d, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(d)
}
