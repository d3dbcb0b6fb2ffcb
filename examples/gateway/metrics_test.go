package main

import (
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// usedGateway returns a gateway that has sent a file, a range and a 404.
func usedGateway(t *testing.T, args ...string) *gateway {
	t.Helper()
	g := openGateway(t, append([]string{"-bucket", "docs=" + bucketOf(t, map[string]string{"a.txt": "12345"})}, args...)...)
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/f/docs/a.txt").Code)
	assert.Equal(t, http.StatusPartialContent, request(t, g.handler, "/f/docs/a.txt", "Range", "bytes=0-1").Code)
	assert.Equal(t, http.StatusNotFound, request(t, g.handler, "/f/docs/none").Code)
	return g
}

func TestMetricsCountDownloads(t *testing.T) {
	t.Parallel()
	got := request(t, usedGateway(t).handler, "/metrics")
	require.Equal(t, http.StatusOK, got.Code)
	text := got.Body.String()
	assert.Regexp(t, `downloadview_server_downloads_total\{[^}]*http_response_status_code="200"[^}]*\} 1\n`, text)
	assert.Regexp(t, `downloadview_server_downloads_total\{[^}]*http_response_status_code="206"[^}]*\} 1\n`, text)
	assert.Regexp(t, `downloadview_server_io_bytes_total\{[^}]*http_response_status_code="200"[^}]*\} 5\n`, text)
	assert.Regexp(t, `downloadview_server_active_downloads(\{[^}]*\})? 0\n`, text)
	assert.Regexp(t, `downloadview_server_time_to_first_byte_seconds_bucket\{[^}]*le="0.001"\}`, text)
	assert.Contains(t, text, "gateway_ready 1\n")
	assert.NotContains(t, text, "a.txt", "names of files are in no metric")
}

func TestPromtoolAcceptsTheMetrics(t *testing.T) {
	t.Parallel()
	tool := installed.Program(t, "promtool", "prometheus")
	cmd := exec.CommandContext(t.Context(), tool, "check", "metrics")
	cmd.Stdin = strings.NewReader(request(t, usedGateway(t).handler, "/metrics").Body.String())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
}

// With users, /metrics is at metrics-addr alone.
func TestMetricsAreNotForClients(t *testing.T) {
	t.Parallel()
	own := usedGateway(t, "-metrics-addr", "127.0.0.1:0")
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		assert.Equal(t, http.StatusNotFound, request(t, own.handler, path).Code, path)
		assert.Equal(t, http.StatusOK, request(t, own.ops, path).Code, path)
	}
	assert.Equal(t, http.StatusNotFound, request(t, own.ops, "/f/docs/a.txt").Code)
	users := basicGateway(t)
	assert.Equal(t, http.StatusNotFound, request(t, users.handler, "/metrics", basicAuth("alice", "alice")...).Code)
}

// The table in the documentation has each metric, and no other.
func TestDocumentedMetrics(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(docFile)
	require.NoError(t, err)
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (?:counter|gauge|histogram) \\|").FindAllStringSubmatch(string(doc), -1) {
		documented[m[1]] = true
	}
	text := request(t, usedGateway(t).handler, "/metrics").Body.String()
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllStringSubmatch(text, -1) {
		assert.True(t, documented[m[1]], "%s is not documented", m[1])
	}
	assert.Subset(t, documented, map[string]bool{"downloadview_server_downloads_total": true})
	for name := range documented {
		if name != "downloadview_storage_requests_total" && name != "downloadview_storage_resumes_total" { // of remote buckets
			assert.Contains(t, text, "# TYPE "+name+" ")
		}
	}
}

func TestReadyFailsWithItsBucket(t *testing.T) {
	t.Parallel()
	bucket := bucketOf(t, map[string]string{"a": "A"})
	dir, _, _ := strings.Cut(strings.TrimPrefix(bucket, "file://"), "?")
	g := openGateway(t, "-bucket", bucket)
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/readyz").Code)
	require.NoError(t, os.RemoveAll(dir))
	g.ready.checked = g.ready.checked.Add(-readyAge)
	got := request(t, g.handler, "/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, got.Code)
	assert.Equal(t, "storage unavailable\n", got.Body.String())
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/healthz").Code)
	assert.Contains(t, request(t, g.handler, "/metrics").Body.String(), "gateway_ready 0\n")
}
