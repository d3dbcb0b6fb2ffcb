package googleauth_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs" // what is tested
)

// seen are the requests for objects to the service.
type seen struct {
	mu    sync.Mutex
	lines []string
}

func (s *seen) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bucket/") {
			s.mu.Lock()
			s.lines = append(s.lines, fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, r.Proto))
			s.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

func (s *seen) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

// site is an application that serves a bucket.
type site struct {
	*account
	seen    seen
	storage *blobdownload.Storage
	url     string
	log     *bytes.Buffer
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{account: reader, log: &bytes.Buffer{}}
	s.reset()
	near.handlers.Store(storageHost, s.seen.count(gcsserver.Service(t, &s.key.PublicKey, s.token)))
	var err error
	s.storage, err = blobdownload.OpenStorage(t.Context(), "gs://bucket?prefix=in/")
	require.NoError(t, err)
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(s.log, nil))}
	front := httptest.NewServer(server.Handler(blobdownload.StorageView(s.storage, func(r *http.Request) string { return r.URL.Path[1:] })))
	s.url = front.URL
	t.Cleanup(func() {
		front.Close()
		assert.NoError(t, s.storage.Close(context.WithoutCancel(t.Context())))
	})
	return s
}

// get sends a request to the application, without the proxy of the environment.
func get(t *testing.T, url string, fields ...string) (*http.Response, string) {
	t.Helper()
	return send(t, &http.Transport{DisableCompression: true, DisableKeepAlives: true}, url, fields...)
}

// getThere sends a request to the service, as a redirected client does.
func getThere(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	return send(t, &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}, url)
}

func send(t *testing.T, way http.RoundTripper, url string, fields ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := way.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(body)
}

// All reads use one token. Each is one HTTP/1.1 request on a reused connection, and its response has all metadata
// of the object.
func TestReadsByTheApplicationsCredentials(t *testing.T) {
	s := newSite(t)
	content := strings.Repeat("0123456789", 1000)
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "a b/é.txt", []byte(content), &blob.WriterOptions{
		ContentType: "text/x-log", ContentLanguage: "eo", CacheControl: "max-age=5",
	}))
	s.seen.take()
	issued, tunnels := s.issued.Load(), near.tunnels.Load()
	resp, body := get(t, s.url+"/a%20b/%C3%A9.txt")
	require.Equal(t, http.StatusOK, resp.StatusCode, s.log.String())
	assert.Equal(t, content, body)
	assert.Equal(t, "text/x-log; charset=utf-8", resp.Header.Get("Content-Type"))
	assert.Equal(t, "eo", resp.Header.Get("Content-Language"))
	assert.Equal(t, []string{"GET /bucket/in/a b/é.txt HTTP/1.1"}, s.seen.take())
	etag := resp.Header.Get("ETag")
	for range 50 {
		resp, body = get(t, s.url+"/a%20b/%C3%A9.txt", "Range", "bytes=10-19")
		assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
		assert.Equal(t, "0123456789", body)
		resp, _ = get(t, s.url+"/a%20b/%C3%A9.txt", "If-None-Match", etag)
		assert.Equal(t, http.StatusNotModified, resp.StatusCode)
		resp, body = get(t, s.url+"/a%20b/%C3%A9.txt", "If-None-Match", `"other"`)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, content, body)
	}
	assert.Len(t, s.seen.take(), 150)
	assert.Equal(t, int64(1), s.issued.Load()-issued, "tokens")
	assert.Equal(t, int64(1), near.tunnels.Load()-tunnels, "connections")
}

// A token is renewed before it expires, and no download fails.
func TestTokensExpire(t *testing.T) {
	s := newSite(t)
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "k", []byte("content"), nil))
	s.lifetime.Store(11) // of which oauth2 keeps the last ten for itself
	resp, _ := get(t, s.url+"/k")
	require.Equal(t, http.StatusOK, resp.StatusCode, s.log.String())
	before := s.issued.Load()
	time.Sleep(1200 * time.Millisecond)
	resp, body := get(t, s.url+"/k")
	assert.Equal(t, http.StatusOK, resp.StatusCode, s.log.String())
	assert.Equal(t, "content", body)
	assert.Equal(t, before+1, s.issued.Load())
}

// An account without permissions is a 502. The log has the cause, but no assertion and no token.
func TestRevokedAccount(t *testing.T) {
	s := newSite(t)
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "k", []byte("content"), nil))
	s.revoked.Store(true)
	resp, body := get(t, s.url+"/k")
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.Equal(t, "Bad Gateway\n", body)
	assert.Contains(t, s.log.String(), "GCS credentials: the endpoint of tokens answered 400")
	assert.NotContains(t, s.log.String(), "assertion")

	s.revoked.Store(false)
	resp, _ = get(t, s.url+"/k")
	require.Equal(t, http.StatusOK, resp.StatusCode, "a failure is not remembered")
	other := "another than the application has"
	s.last.Store(&other)
	s.log.Reset()
	resp, _ = get(t, s.url+"/k")
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.Contains(t, s.log.String(), "401 Unauthorized (AuthenticationRequired)")
	assert.NotContains(t, s.log.String(), "ya29")
}

// A missing object is a 404. The error of a missing bucket names its remedy.
func TestMissing(t *testing.T) {
	s := newSite(t)
	resp, _ := get(t, s.url+"/none")
	assert.Equal(t, http.StatusNotFound, resp.StatusCode, s.log.String())
	assert.Len(t, s.seen.take(), 1)
	b, err := wrapper.OpenBucket(t.Context(), "gs://nobodys-bucket")
	require.NoError(t, err)
	defer b.Close()
	_, err = b.File("k").Fetch(t.Context(), wrapper.Request{})
	require.ErrorContains(t, err, `GCS bucket "nobodys-bucket": the bucket does not exist: upstream returned 404 Not Found (NoSuchBucket)`)
}

// Compressed content is sent as stored, complete and in ranges, and verified with the stored checksum.
func TestStoredCompressed(t *testing.T) {
	s := newSite(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, strings.Repeat("compressible ", 1000))
	require.NoError(t, z.Close())
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "k", packed.Bytes(), &blob.WriterOptions{ContentEncoding: "gzip"}))
	resp, body := get(t, s.url+"/k", "Accept-Encoding", "gzip")
	require.Equal(t, http.StatusOK, resp.StatusCode, s.log.String())
	assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	assert.Equal(t, packed.String(), body)
	resp, body = get(t, s.url+"/k", "Accept-Encoding", "gzip", "Range", "bytes=-8")
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	assert.Equal(t, packed.String()[packed.Len()-8:], body)
}

// A signed URL fixes the object, the file name and the lifetime; a changed URL is rejected.
func TestSignedURL(t *testing.T) {
	s := newSite(t)
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "a b.txt", []byte("content"), &blob.WriterOptions{ContentType: "text/plain"}))
	sign := func(expiry time.Duration) string {
		signed, err := s.storage.File("a b.txt").SignedURL(t.Context(), wrapper.SignOptions{
			Expiry: expiry, ContentDisposition: `attachment; filename="x.csv"`, ContentType: "text/csv",
		})
		require.NoError(t, err)
		return signed
	}
	signed := sign(time.Minute)
	require.True(t, strings.HasPrefix(signed, "https://"+storageHost+"/"), signed)
	resp, body := getThere(t, signed)
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	assert.Equal(t, "content", body)
	assert.Equal(t, `attachment; filename="x.csv"`, resp.Header.Get("Content-Disposition"))
	assert.Equal(t, "text/csv", resp.Header.Get("Content-Type"))
	streamed, _ := get(t, s.url+"/a%20b.txt")
	assert.Equal(t, streamed.Header.Get("ETag"), resp.Header.Get("ETag"), "one tag, whoever sends the bytes")
	for _, tampered := range []string{
		strings.Replace(signed, "text%2Fcsv", "text%2Fhtml", 1), // PS10
		signed + "&response-content-language=x",
		strings.Replace(signed, "a%20b.txt", "b.txt", 1),
	} {
		require.NotEqual(t, signed, tampered)
		resp, _ := getThere(t, tampered)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, tampered)
	}
	at := wrapper.SignOptions{At: time.Now().Add(-time.Minute), Expiry: time.Hour}
	first, err := s.storage.File("a b.txt").SignedURL(t.Context(), at)
	require.NoError(t, err)
	short := sign(time.Second)
	time.Sleep(2100 * time.Millisecond)
	resp, _ = getThere(t, short)
	assert.Equal(t, http.StatusForbidden, resp.StatusCode, "expired")
	again, err := s.storage.File("a b.txt").SignedURL(t.Context(), at)
	require.NoError(t, err)
	assert.Equal(t, first, again, "as of one time, one URL")
	resp, _ = getThere(t, again)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

// A request that waits for a token ends when its client disconnects.
func TestTokensThatTakeTooLong(t *testing.T) {
	s := newSite(t)
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "k", []byte("content"), nil))
	hang := make(chan struct{})
	s.hangs.Store(&hang)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.storage.File("k").Fetch(ctx, wrapper.Request{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(hang)
	resp, _ := get(t, s.url+"/k")
	assert.Equal(t, http.StatusOK, resp.StatusCode, s.log.String())
}

// A token is sent to the universe domain of its account only.
func TestCredentialsOfAnotherUniverse(t *testing.T) {
	newSite(t) // Go CDK keeps the credentials that it reads first for the whole process, which are to be the others'
	text, err := os.ReadFile(os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"))
	require.NoError(t, err)
	other := filepath.Join(t.TempDir(), "account.json")
	require.NoError(t, os.WriteFile(other, bytes.Replace(text, []byte("{"), []byte(`{"universe_domain":"universe.test",`), 1), 0o600))
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", other)
	b, err := wrapper.OpenBucket(t.Context(), "gs://bucket")
	require.NoError(t, err)
	defer b.Close()
	before := near.tunnels.Load()
	_, err = b.File("k").WithReadOptions(wrapper.ReadOptions{Retries: -1}).Fetch(t.Context(), wrapper.Request{})
	require.Error(t, err, "nobody is there")
	_, asked := near.asked.Load("storage.universe.test:443")
	assert.True(t, asked)
	assert.Equal(t, before, near.tunnels.Load(), "nothing was sent to "+storageHost)
}
