package threats_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/logtest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hundredBytes is content of 100 bytes.
var hundredBytes = strings.Repeat("0123456789", 10)

// bucketServer is an HTTP server of an in-memory bucket that counts its requests to the bucket.
type bucketServer struct {
	*httptest.Server
	bucket *blob.Bucket
	log    *logtest.Text

	mu    sync.Mutex
	count int
}

// newBucketServer serves the downloads of view. A nil view serves the key of the query.
func newBucketServer(t *testing.T, view func(*bucketServer) blobdownload.View, configure ...func(*blobdownload.Server)) *bucketServer {
	t.Helper()
	logger, text := logtest.New()
	r := &bucketServer{bucket: memblob.OpenBucket(nil), log: text}
	t.Cleanup(func() { _ = r.bucket.Close() })
	server := &blobdownload.Server{Logger: logger}
	for _, c := range configure {
		c(server)
	}
	v := blobdownload.StorageView(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(r.bucket)}, queryKey)
	if view != nil {
		v = view(r)
	}
	r.Server = httptest.NewUnstartedServer(server.Handler(v.With(func(_ *http.Request, d *blobdownload.Download) error {
		d.File = d.File.WithAdmission(func(ctx context.Context) (func(), error) {
			r.mu.Lock()
			r.count++
			r.mu.Unlock()
			return func() {}, ctx.Err()
		})
		return nil
	})))
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

func queryKey(r *http.Request) string { return r.URL.Query().Get("key") }

func (r *bucketServer) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

func (r *bucketServer) put(t *testing.T, key, content string) {
	t.Helper()
	require.NoError(t, r.bucket.WriteAll(t.Context(), key, []byte(content), nil))
}

// response is a response with its body read.
type response struct {
	*http.Response
	body string
	err  error // of the connection
}

// do sends one request. header has names and values alternately.
func (r *bucketServer) do(t *testing.T, method, target string, header ...string) response {
	t.Helper()
	return do(t, r.Client(), method, r.URL+target, header...)
}

func do(t *testing.T, c *http.Client, method, target string, header ...string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		return response{&http.Response{Header: http.Header{}}, "", err}
	}
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Body.Close())
	return response{resp, string(b), err}
}

// raw sends bytes and reads one response to its end.
func (r *bucketServer) raw(t *testing.T, request string) response {
	t.Helper()
	conn, err := net.Dial("tcp4", r.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, request)
	require.NoError(t, err)
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	return response{resp, string(b), err}
}

func keyTarget(k string) string { return "/?" + url.Values{"key": {k}}.Encode() }

// serveOnly returns a view of one download.
func serveOnly(d blobdownload.Download) func(*bucketServer) blobdownload.View {
	return func(*bucketServer) blobdownload.View {
		return func(*http.Request) (*blobdownload.Download, error) { return &d, nil }
	}
}

// remoteFile returns a file at the URL of a server with the handler h.
func remoteFile(t *testing.T, h http.HandlerFunc) *wrapper.File {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c := s.Client()
	t.Cleanup(c.CloseIdleConnections)
	return wrapper.URL(c, s.URL+"/a.bin")
}

// requireWhole asserts a 200 with the complete content.
func requireWhole(t *testing.T, r response, content string) {
	t.Helper()
	require.NoError(t, r.err)
	assert.Equal(t, http.StatusOK, r.StatusCode)
	assert.Equal(t, content, r.body)
}
