package offload_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// rateSpan is how long TestRateIsKept measures. nginx grants the bytes of one second in advance.
var rateSpan = flag.Duration("rate", 0, "how long to measure rates, at least 20s; 0 does not measure them")

const perSecond = 512 << 10

// ratedSite is an application in front of one local file of zeros, with and without nginx.
func ratedSite(t *testing.T, nginx *reverseProxy, size int64, limit *blobdownload.RateLimit) (streamed, throughNginx string, results *resultLog) {
	t.Helper()
	dir, err := os.MkdirTemp("", "rate") //nolint:usetesting // nginx's user must reach it
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	f, err := os.Create(filepath.Join(dir, "film"))
	require.NoError(t, err)
	require.NoError(t, f.Truncate(size))
	require.NoError(t, f.Chmod(0o644))
	require.NoError(t, f.Close())
	s, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	results = &resultLog{}
	view := blobdownload.StorageView(s, func(r *http.Request) string { return r.URL.Path[1:] })
	app := func(o blobdownload.Optimizer) http.Handler {
		return (&blobdownload.Server{
			Rate: limit, Optimizer: o, Observe: results.add, Logger: slog.New(slog.DiscardHandler),
		}).Handler(view)
	}
	direct := httptest.NewServer(app(nil))
	t.Cleanup(direct.Close)
	accel := &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	return direct.URL, nginx.start(t, app(accel), dir, ""), results
}

// resultLog counts offloaded and streamed downloads.
type resultLog struct {
	mu        sync.Mutex
	offloaded int
	streamed  int
}

func (l *resultLog) add(_ *http.Request, res blobdownload.Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if res.Redirect != nil {
		l.offloaded++
	} else {
		l.streamed++
	}
}

// nginx delays a body that it sends: it may take no less time than its bytes at that rate.
func TestRateThroughNginx(t *testing.T) {
	t.Parallel()
	const seconds = 3
	_, site, results := ratedSite(t, frontOf("nginx"), seconds*perSecond, &blobdownload.RateLimit{PerDownload: perSecond})
	began := time.Now()
	resp, err := http.Get(site + "/film")
	require.NoError(t, err)
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	assert.EqualValues(t, seconds*perSecond, n)
	assert.Empty(t, resp.Header.Get("X-Accel-Limit-Rate"))
	assert.GreaterOrEqual(t, time.Since(began), (seconds-1)*time.Second)
	assert.Equal(t, 1, results.offloaded)
}

// A rate per client is offloaded if nginx bounds the connections of a client, with the lines of docs/rates.md.
func TestRatePerClientThroughNginx(t *testing.T) {
	t.Parallel()
	const seconds, connections = 3, 2
	const share = perSecond / connections
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "rates.md"))
	require.NoError(t, err)
	lines := regexp.MustCompile("(?s)```nginx\n(limit_conn_zone[^\n]*\n)(.*?)```").FindSubmatch(page)
	require.NotNil(t, lines)
	nginx := *frontOf("nginx")
	nginx.change = func(config string) string {
		config = strings.Replace(config, "http {", "http {\n"+string(lines[1]), 1)
		return strings.Replace(config, "location / {", "location / {\n"+string(lines[2]), 1)
	}
	_, site, results := ratedSite(t, &nginx, 60*share, // no response ends before the last one begins
		&blobdownload.RateLimit{PerClient: perSecond, ProxyConnections: connections})
	began := time.Now()
	bodies := make([]io.ReadCloser, connections)
	for i := range bodies {
		resp, err := http.Get(site + "/film")
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		bodies[i] = resp.Body
	}
	resp, err := http.Get(site + "/film")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode, "one connection more")
	for _, body := range bodies {
		_, err := io.CopyN(io.Discard, body, seconds*share)
		require.NoError(t, err)
		require.NoError(t, body.Close())
	}
	assert.GreaterOrEqual(t, time.Since(began), (seconds-1)*time.Second)
	assert.Equal(t, connections, results.offloaded)
}

// TestRateIsKept measures the rate of 1, 10 and 100 clients: it must be within 10 % of the setting.
func TestRateIsKept(t *testing.T) {
	if *rateSpan == 0 {
		t.Skip("rates are measured by make nightly (flag -rate)")
	}
	size := 2 * perSecond * int64(*rateSpan/time.Second)
	streamed, throughNginx, results := ratedSite(t, frontOf("nginx"), size, &blobdownload.RateLimit{PerDownload: perSecond})
	for _, site := range []struct{ name, url string }{{"streamed", streamed}, {"nginx", throughNginx}} {
		for _, clients := range []int{1, 10, 100} {
			t.Run(fmt.Sprintf("%s, %d clients", site.name, clients), func(t *testing.T) {
				for _, n := range measure(t, site.url+"/film", clients) {
					got := float64(n) / rateSpan.Seconds()
					assert.InEpsilon(t, perSecond, got, 0.1)
				}
			})
		}
	}
	assert.Equal(t, []int{111, 111}, []int{results.streamed, results.offloaded})
}

// measure returns the bytes that each client receives in the time of the flag.
func measure(t *testing.T, url string, clients int) []int64 {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	bytes := make([]int64, clients)
	var all sync.WaitGroup
	for i := range bytes {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), *rateSpan)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
			if !assert.NoError(t, err) {
				return
			}
			resp, err := transport.RoundTrip(req)
			if !assert.NoError(t, err) {
				return
			}
			defer resp.Body.Close()
			bytes[i], err = io.Copy(io.Discard, resp.Body)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
	all.Wait()
	least, most := bytes[0], bytes[0]
	for _, n := range bytes {
		least, most = min(least, n), max(most, n)
	}
	t.Logf("rates of %d clients: %.3f to %.3f of the setting", clients,
		float64(least)/perSecond/rateSpan.Seconds(), float64(most)/perSecond/rateSpan.Seconds())
	return bytes
}
