package offload_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/accesslog"
	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Files of the deliveries. A socket's buffers hold less than largeSize-mostRead: a client that reads no more than mostRead
// interrupts the response.
const (
	smallSize = 200_000
	largeSize = 16 << 20
	mostRead  = 2 << 20
)

// loggedSite is an application behind nginx, whose log is read with package accesslog.
type loggedSite struct {
	url, log string

	mu      sync.Mutex
	results map[string]blobdownload.Result // of the application, by path
}

func (s *loggedSite) observe(r *http.Request, res blobdownload.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results[r.URL.Path] = res
}

// ended returns the results of the application, by path, once n downloads have ended.
func (s *loggedSite) ended(t *testing.T, n int) (all map[string]blobdownload.Result) {
	t.Helper()
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		all = maps.Clone(s.results)
		return len(all) == n
	}, 20*time.Second, 50*time.Millisecond)
	return all
}

// startLogged starts nginx in front of an application with two files. Paths below /accel/ are offloaded, those below
// /streamed/ are streamed, and more serves those below /more/. nginx may fetch from the address of a store.
func startLogged(t *testing.T, more http.Handler, store string) *loggedSite {
	t.Helper()
	dir := filesDir(t)
	for name, size := range map[string]int64{"small": smallSize, "large": largeSize} {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, f.Truncate(size))
		require.NoError(t, f.Close())
		old := time.Now().Add(-time.Hour)
		require.NoError(t, os.Chtimes(f.Name(), old, old))
	}
	storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = storage.Close(context.Background()) })
	s := &loggedSite{log: filepath.Join(t.TempDir(), "access.log"), results: map[string]blobdownload.Result{}}
	view := blobdownload.StorageView(storage, func(r *http.Request) string { return path.Base(r.URL.Path) })
	streaming := &blobdownload.Server{Observe: s.observe, Logger: slog.New(slog.DiscardHandler)}
	offloading := &blobdownload.Server{
		Observe: s.observe, Logger: slog.New(slog.DiscardHandler),
		Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}},
	}
	mux := http.NewServeMux()
	mux.Handle("/streamed/", streaming.Handler(view))
	mux.Handle("/accel/", offloading.Handler(view))
	if more != nil {
		mux.Handle("/more/", more)
	}
	nginx := *frontOf("nginx")
	nginx.change = func(config string) string { return strings.Replace(config, "logs/access.log", s.log, 1) }
	s.url = nginx.start(t, mux, dir, store)
	return s
}

// recordsOf returns the n downloads of the log by path, once it has its lines.
func (s *loggedSite) recordsOf(t *testing.T, lines, n int) map[string]accesslog.Record {
	t.Helper()
	var text []byte
	require.Eventually(t, func() bool {
		var err error
		text, err = os.ReadFile(s.log)
		return err == nil && strings.Count(string(text), "\n") >= lines
	}, 20*time.Second, 50*time.Millisecond)
	all := map[string]accesslog.Record{}
	log := accesslog.NewReader(strings.NewReader(string(text)), accesslog.Nginx)
	for r, err := range log.Records() {
		require.NoError(t, err)
		require.NotContains(t, all, r.Path, "a path is requested once")
		all[r.Path] = r
	}
	assert.Zero(t, log.Skipped(), "%.2000s", text)
	assert.Len(t, all, n)
	return all
}

// delivery is a download as its client saw it.
type delivery struct {
	path   string
	window wrapper.Range // requested, or zero
	cut    bool          // the client interrupts it after read bytes
	size   int64
	read   int64
}

func planDeliveries(n, cuts int, random *rand.Rand) []*delivery {
	all := make([]*delivery, n)
	for i := range all {
		way := [...]string{"accel", "streamed"}[i%2]
		d := &delivery{path: fmt.Sprintf("/%s/%d/small", way, i), size: smallSize}
		switch {
		case i < cuts:
			d.path, d.cut, d.size, d.read = fmt.Sprintf("/%s/%d/large", way, i), true, largeSize, random.Int64N(mostRead)
		case i%5 == 0:
			d.window.Off = random.Int64N(smallSize)
			d.window.N = 1 + random.Int64N(smallSize-d.window.Off)
			d.size = d.window.N
		}
		all[i] = d
	}
	return all
}

// smallReceiver connects with a small receive buffer, so that the server sees how far the client has read.
var smallReceiver = &http.Transport{
	DisableKeepAlives: true, DisableCompression: true,
	DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(64 << 10)
		}
		return c, err
	},
}

func (d *delivery) run(t *testing.T, site string) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+d.path, http.NoBody)
	if !assert.NoError(t, err) {
		return
	}
	if d.window.N > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", d.window.Off, d.window.Off+d.window.N-1))
	}
	resp, err := smallReceiver.RoundTrip(req)
	if !assert.NoError(t, err) {
		return
	}
	defer resp.Body.Close()
	if d.cut {
		_, err = io.CopyN(io.Discard, resp.Body, d.read)
	} else {
		d.read, err = io.Copy(io.Discard, resp.Body)
		assert.Equal(t, d.size, d.read)
	}
	assert.NoError(t, err)
}

// LG9: the log of nginx has the bytes and the completeness of 1,000 downloads, half of them offloaded. 100 clients disconnect.
func TestDeliveriesThroughNginx(t *testing.T) {
	t.Parallel()
	site := startLogged(t, nil, "")
	const n, cuts, clients = 1000, 100, 8
	all := planDeliveries(n, cuts, rand.New(rand.NewPCG(15, 4)))
	next := make(chan *delivery)
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for d := range next {
				d.run(t, site.url)
			}
		})
	}
	for _, d := range all {
		next <- d
	}
	close(next)
	running.Wait()
	records, results := site.recordsOf(t, n, n), site.ended(t, n)
	ids, sent := map[string]bool{}, int64(0)
	for _, d := range all {
		r, result := records[d.path], results[d.path]
		require.NotEmpty(t, result.RequestID, d.path)
		assert.Equal(t, result.RequestID, r.RequestID, d.path)
		ids[r.RequestID] = true
		sent += r.Bytes
		assert.Equal(t, d.size, r.Length)
		assert.Equal(t, d.window, r.Range)
		if strings.HasPrefix(d.path, "/accel/") {
			assert.EqualValues(t, -1, result.Bytes)
		} else {
			assert.Equal(t, result.Status, r.Status)
		}
		if d.cut {
			assert.Equal(t, accesslog.Incomplete, r.Completeness, d.path)
			assert.ErrorIs(t, r.Err, accesslog.ErrIncomplete)
			assert.GreaterOrEqual(t, r.Bytes, d.read, "nginx has sent what the client has read")
			assert.Less(t, r.Bytes, d.size)
			continue
		}
		assert.Equal(t, accesslog.Complete, r.Completeness, d.path)
		assert.NoError(t, r.Err)
		assert.Equal(t, d.read, r.Bytes, d.path)
	}
	assert.Len(t, ids, n, "no two requests have one id")

	binary, err := gatewayBinary()
	require.NoError(t, err)
	out, err := gatewayproc.Command(binary, "deliveries", site.log).Output()
	require.NoError(t, err)
	printed := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, printed, n+1)
	assert.Equal(t, fmt.Sprintf("%d downloads: %d complete, %d incomplete, 0 unknown; %d bytes; 0 lines skipped", n, n-cuts, cuts, sent), printed[n])
}
