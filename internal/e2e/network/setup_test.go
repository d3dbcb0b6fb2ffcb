package network_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The nightly run has 200 downloads of 64 MiB. The run of a commit has fewer and smaller ones.
var (
	downloads = flag.Int("downloads", 5, "downloads of each kind")
	size      = flag.Int("size", 4<<20, "bytes of an object")
	clients   = flag.Int("clients", 100, "clients at the same time")
)

// storageServer is a download server whose storage is behind a wire.Proxy.
type storageServer struct {
	store
	proxy   *wire.Proxy
	way     *http.Transport // to the proxy
	storage *blobdownload.Storage
	front   *httptest.Server
}

func newProxiedServer(t *testing.T, s store, tune wrapper.ReadOptions) *storageServer {
	t.Helper()
	p := wire.Start(t, s.addr())
	r := newDirectServer(t, s, p.Addr, tune)
	r.proxy = p
	return r
}

// newDirectServer reads from an address without a proxy, whose memory would count as that of the library.
func newDirectServer(t *testing.T, s store, addr string, tune wrapper.ReadOptions) *storageServer {
	t.Helper()
	r := &storageServer{store: s, way: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true, DialContext: dial}}
	r.storage = &blobdownload.Storage{Name: "store", Bucket: wrapper.NewBucket(s.open(t, addr, r.way)), ReadOptions: tune}
	server := blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	r.front = httptest.NewServer(server.Handler(func(req *http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: r.storage.File(strings.TrimPrefix(req.URL.Path, "/"))}, nil
	}))
	t.Cleanup(func() {
		r.front.Close()
		r.closeIdle()
		assert.NoError(t, r.storage.Close(context.Background()))
	})
	return r
}

// closeIdle closes all idle connections to the storage.
func (r *storageServer) closeIdle() {
	r.way.CloseIdleConnections()
	if c, ok := r.storage.Bucket.Store().(wrapper.IdleCloser); ok {
		c.CloseIdleConnections()
	}
}

// dial makes connections with small socket buffers, so a thousand of them do not fill the kernel's memory.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetReadBuffer(128 << 10)
}

// send sends a request with fields and returns the unread response.
func (r *storageServer) send(ctx context.Context, method, key string, fields http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.front.URL+"/"+key, http.NoBody)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, fields)
	return r.front.Client().Do(req)
}

// get downloads an object and returns its hash or its error.
func (r *storageServer) get(ctx context.Context, key string) (sum [32]byte, n int64, err error) {
	resp, err := r.send(ctx, http.MethodGet, key, nil)
	if err != nil {
		return sum, 0, err
	}
	defer resp.Body.Close()
	h := sha256.New()
	n, err = io.Copy(h, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = &wrapper.UpstreamError{Status: resp.StatusCode}
	}
	return [32]byte(h.Sum(nil)), n, err
}

// random returns n bytes, which depend on the seed.
func random(n int, seed uint64) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}
