package gateway_test

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/gatewayproc"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A lost storage is a 502. Only the log has its address.
func TestStorageGone(t *testing.T) {
	t.Parallel()
	server, bucketURL := s3Bucket(t, map[string][]byte{"k": []byte("x")})
	g := startGateway(t, "-bucket", bucketURL)
	c := goClient(t, 1)
	require.Equal(t, http.StatusOK, c.do(t, http.MethodGet, g.URL+"/f/default/k", nil).Status)
	server.Stop()

	got := c.do(t, http.MethodGet, g.URL+"/f/default/k", nil)
	assert.Equal(t, http.StatusBadGateway, got.Status)
	assert.Equal(t, "Bad Gateway\n", string(got.Body))
	logged := func() bool { return strings.Contains(g.Log.String(), "connection refused") }
	assert.Eventually(t, logged, 5*time.Second, time.Millisecond, "another process writes it")
	assert.NotContains(t, g.Log.String(), "Signature")

	got = c.do(t, http.MethodGet, g.URL+"/readyz", nil)
	assert.Equal(t, http.StatusServiceUnavailable, got.Status)
	assert.Equal(t, "storage unavailable\n", string(got.Body))
	assert.Equal(t, http.StatusBadGateway, c.do(t, http.MethodGet, g.URL+"/b/default/", nil).Status)
}

// A timeout of the storage is a 504.
func TestStorageTimesOut(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	tr := &http.Transport{ResponseHeaderTimeout: 100 * time.Millisecond}
	t.Cleanup(tr.CloseIdleConnections)
	o := (&s3server.Server{Endpoint: "http://" + silent.Addr().String()}).Client().Options()
	o.HTTPClient, o.RetryMaxAttempts = &http.Client{Transport: tr}, 1
	b, err := s3blob.OpenBucket(t.Context(), s3.New(o), "bkt", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	storage := &blobdownload.Storage{Name: "silent", Bucket: wrapper.NewBucket(b)}
	var log gatewayproc.Log
	server := blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	front := httptest.NewServer(server.Handler(blobdownload.StorageView(storage, func(*http.Request) string { return "k" })))
	t.Cleanup(front.Close)

	got := goClient(t, 1).do(t, http.MethodGet, front.URL, nil)
	assert.Equal(t, http.StatusGatewayTimeout, got.Status)
	assert.Equal(t, "Gateway Timeout\n", string(got.Body))
	assert.Contains(t, log.String(), "timeout awaiting response headers")
}

// The gateway is unhealthy while its directory is missing.
func TestW21Health(t *testing.T) {
	t.Parallel()
	dir, bucketURL := fileBucket(t, map[string][]byte{"k": []byte("x")})
	g := startGateway(t, "-bucket", bucketURL)
	c := goClient(t, 1)
	health := func(status int) func() bool {
		return func() bool { return c.do(t, http.MethodGet, g.URL+"/readyz", nil).Status == status }
	}
	assert.True(t, health(http.StatusOK)())
	require.NoError(t, os.Rename(dir, dir+".away"))
	assert.Eventually(t, health(http.StatusServiceUnavailable), 5*time.Second, 100*time.Millisecond)
	assert.Equal(t, http.StatusServiceUnavailable, c.do(t, http.MethodGet, g.URL+"/f/default/k", nil).Status)
	require.NoError(t, os.Rename(dir+".away", dir))
	assert.Equal(t, http.StatusOK, c.do(t, http.MethodGet, g.URL+"/f/default/k", nil).Status)
	assert.Eventually(t, health(http.StatusOK), 5*time.Second, 100*time.Millisecond)
	assert.Contains(t, strings.ToLower(g.Log.String()), "not ready")
}
