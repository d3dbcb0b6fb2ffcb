package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// lines returns the requests in a JSON log.
func lines(t *testing.T, log []byte) (all []map[string]any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(log))
	for dec.More() {
		var line map[string]any
		require.NoError(t, dec.Decode(&line))
		if line["msg"] == "request" {
			all = append(all, line)
		}
	}
	return all
}

// Each request has one line, which states how its response was sent.
func TestAccessLogStatesHowEachResponseWasSent(t *testing.T) {
	t.Parallel()
	bucket := "docs=" + bucketOf(t, map[string]string{"a.txt": "12345"})
	for _, tt := range []struct {
		name   string
		flags  []string
		target string
		fields []string
		want   map[string]any
	}{
		{"streamed", nil, "/f/docs/a.txt", nil, map[string]any{"status": 200., "bytes": 5., "sent": "streamed", "storage_requests": 0.}},
		{"range", nil, "/f/docs/a.txt", []string{"Range", "bytes=1-2"}, map[string]any{"status": 206., "bytes": 2., "sent": "streamed"}},
		{"offloaded", []string{"-optimize", "xaccel", "-mount", "docs=/_files/"}, "/f/docs/a.txt", nil,
			map[string]any{"status": 200., "bytes": 0., "sent": "X-Accel-Redirect"}},
		{"sendfile", []string{"-optimize", "xsendfile", "-mount", "docs=/srv/files"}, "/f/docs/a.txt", nil, map[string]any{"sent": "X-Sendfile"}},
		{"refused", nil, "/f/docs/none", nil, map[string]any{"status": 404., "bytes": 10., "sent": "error"}},
		{"page", nil, "/b/docs/", nil, map[string]any{"status": 200., "sent": "page"}},
		{"log injection", nil, "/f/docs/a%0aX", nil, map[string]any{"status": 404., "path": "/f/docs/a\nX"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			g := openLogged(t, &log, append(tt.flags, "-bucket", bucket, "-access-log")...)
			request(t, g.handler, tt.target, tt.fields...)
			all := lines(t, log.Bytes())
			require.Len(t, all, 1)
			for key, value := range tt.want {
				assert.Equal(t, value, all[0][key], key)
			}
			assert.Equal(t, "192.0.2.1", all[0]["client"])
		})
	}
}

func TestAccessLogHasTheUser(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := openLogged(t, &log, withUsers(t, "-access-log", "-access", "basic", "-htpasswd", htpasswdOf(t, "alice", "bob"))...)
	request(t, g.handler, "/f/docs/public/x.txt", basicAuth("alice", "alice")...)
	request(t, g.handler, "/f/docs/public/x.txt", basicAuth("alice", "S3CR3T")...)
	all := lines(t, log.Bytes())
	require.Len(t, all, 2)
	assert.Equal(t, "alice", all[0]["user"])
	assert.NotContains(t, all[1], "user")
	assert.NotContains(t, log.String(), "S3CR3T")
}

// The line of an aborted response is written, too, and the panic still aborts the connection.
func TestAccessLogOfAnAbortedResponse(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := openLogged(t, &log, "-access-log")
	l, ok := g.handler.(*accessLog)
	require.True(t, ok)
	l.next = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { request(t, l, "/") })
	all := lines(t, log.Bytes())
	require.Len(t, all, 1)
	assert.Equal(t, true, all[0]["aborted"])
}

// The log does not keep files from being sent by sendfile, nor a handler from flushing.
func TestAccessLogHidesNothingOfTheConnection(t *testing.T) {
	t.Parallel()
	var readFrom, flushes bool
	l := &accessLog{logger: openGateway(t).logger, next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, readFrom = w.(io.ReaderFrom)
		f, err := os.Open("log_access.go")
		if assert.NoError(t, err) {
			_, err = io.Copy(w, f)
			assert.NoError(t, err)
			assert.NoError(t, f.Close())
		}
		flushes = http.NewResponseController(w).Flush() == nil
	})}
	server := httptest.NewServer(l)
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	want, err := os.ReadFile("log_access.go")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	assert.True(t, readFrom)
	assert.True(t, flushes)
}

func TestWayOfARedirect(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "redirect", way(&blobdownload.Result{Redirect: &blobdownload.Redirect{Status: http.StatusFound}}, http.StatusFound))
	assert.Equal(t, "offloaded", way(&blobdownload.Result{Redirect: &blobdownload.Redirect{Header: http.Header{"X-Other": {"x"}}}}, http.StatusOK))
}

// S15 for the access log of the gateway: a reader of the log can download nothing.
func TestAccessLogHasNoTokenOfALink(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	bucket := "docs=" + bucketOf(t, map[string]string{"a.txt": "12345"})
	g := openLogged(t, &log, "-bucket", bucket, "-access-log", "-link-key-file", keyFile(t))
	link := strings.TrimSpace(request(t, g.handler, "/sign/docs/a.txt").Body.String())
	path, _, _ := strings.Cut(link, "?")
	token := path[strings.LastIndex(path, "/")+1:]
	require.NotEmpty(t, token)
	for _, target := range []string{link, link + "?x=1", link + "/x", link[:len(link)-1]} {
		log.Reset()
		request(t, g.handler, target)
		assert.NotContains(t, log.String(), token[:len(token)-1], target)
		all := lines(t, log.Bytes())
		require.Len(t, all, 1)
		assert.Equal(t, linkPath+"…", all[0]["path"])
	}
}
