package offload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// report is a site of one materialized report, and counts its generations.
func report(t *testing.T, m *wrapper.Materializer, o blobdownload.Optimizer) (site http.Handler, made *atomic.Int64) {
	made = new(atomic.Int64)
	f := m.File(wrapper.Func("report.csv", func(_ context.Context, w io.Writer) error {
		made.Add(1)
		_, err := io.WriteString(w, "a,b\n1,2\n")
		return err
	}), "reports/2026-11-v1.csv")
	server := &blobdownload.Server{Optimizer: o}
	t.Cleanup(func() { _ = m.Shutdown(context.Background()) })
	return server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: f}, nil
	}), made
}

// The first request streams the generated content. nginx sends the stored object of the second one.
func TestZ10NginxSendsTheMaterializedObject(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	b, err := wrapper.OpenBucket(t.Context(), "file://"+dir+"?no_tmp_dir=true&metadata=skip")
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	m := &wrapper.Materializer{Bucket: b, Store: "reports"}
	app, made := report(t, m, &proxy.XAccel{Mounts: []proxy.Mount{{Store: "reports", Location: "/_files/"}}})
	var offloaded atomic.Int64
	base := frontOf("nginx").start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		app.ServeHTTP(w, r)
		if w.Header().Get("X-Accel-Redirect") != "" {
			offloaded.Add(1)
		}
	}), dir, "")
	resp, body := get(t, base+"/report")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "a,b\n1,2\n", body)
	assert.Zero(t, offloaded.Load())
	require.Eventually(t, func() bool { _, err := m.Bucket.Attributes(t.Context(), "reports/2026-11-v1.csv"); return err == nil }, 10*time.Second, 10*time.Millisecond)
	resp, body = get(t, base+"/report", "Range", "bytes=4-")
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	assert.Equal(t, "1,2\n", body)
	assert.Equal(t, "text/csv; charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Contains(t, resp.Header.Get("Content-Disposition"), "report.csv")
	assert.EqualValues(t, 1, offloaded.Load())
	assert.EqualValues(t, 1, made.Load())
}

// S3 sends the stored object of the second request, by a presigned URL.
func TestZ10PresignRefersToTheMaterializedObject(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	m := &wrapper.Materializer{Bucket: s.storage.Bucket, Store: "s3"}
	app, made := report(t, m, &proxy.Presign{AllowHTTP: true})
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request := func() *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		require.NoError(t, err)
		resp, err := client.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	first := request()
	assert.Equal(t, http.StatusOK, first.StatusCode)
	body, err := io.ReadAll(first.Body)
	require.NoError(t, err)
	assert.Equal(t, "a,b\n1,2\n", string(body))
	require.NoError(t, m.Shutdown(t.Context()), "it waits for the upload")
	second := request()
	require.Equal(t, http.StatusFound, second.StatusCode)
	to, err := url.Parse(second.Header.Get("Location"))
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(to.Path, "/reports/2026-11-v1.csv"), to.Path)
	_, sent := get(t, to.String())
	assert.Equal(t, "a,b\n1,2\n", sent)
	assert.EqualValues(t, 1, made.Load())
}
