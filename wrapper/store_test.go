package wrapper_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// faultyStore is an HTTP server with one object, whose responses a test can spoil. It is the provider of one bucket.
type faultyStore struct {
	srv    *httptest.Server
	bucket *blob.Bucket

	mu      sync.Mutex
	content []byte
	etag    string
	crc     []byte

	requests atomic.Int64
	inFlight atomic.Int64
	panics   atomic.Bool // before the request

	// before may answer a request itself; body wraps the response.
	before func(n int64, w http.ResponseWriter, r *http.Request) bool
	body   func(n int64, w http.ResponseWriter) http.ResponseWriter
}

var faultyStores sync.Map // *blob.Bucket to wrapper.Store

func init() {
	wrapper.RegisterStore(func(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
		s, ok := faultyStores.Load(b)
		if !ok {
			return nil, false
		}
		return s.(wrapper.Store), true
	})
}

func newFaultyStore(t *testing.T, content []byte) *faultyStore {
	s := &faultyStore{bucket: memblob.OpenBucket(nil)}
	s.put(content, `"v1"`)
	s.srv = httptest.NewServer(http.HandlerFunc(s.serve))
	faultyStores.Store(s.bucket, s)
	t.Cleanup(func() {
		faultyStores.Delete(s.bucket)
		s.srv.CloseClientConnections()
		s.srv.Close()
		require.NoError(t, s.bucket.Close())
	})
	return s
}

func (s *faultyStore) put(content []byte, etag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content, s.etag = content, etag
	s.crc = binary.BigEndian.AppendUint32(nil, crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))
}

func (s *faultyStore) file() *wrapper.File {
	return wrapper.Blob(s.bucket, "k").WithReadOptions(wrapper.ReadOptions{StallTimeout: 200 * time.Millisecond})
}

func (s *faultyStore) serve(w http.ResponseWriter, r *http.Request) {
	n := s.requests.Add(1)
	s.inFlight.Add(1)
	defer s.inFlight.Add(-1)
	if s.before != nil && s.before(n, w, r) {
		return
	}
	s.mu.Lock()
	content, etag, crc := s.content, s.etag, s.crc
	s.mu.Unlock()
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("X-Crc32c", string(binaryToHex(crc)))
	if s.body != nil {
		w = s.body(n, w)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func binaryToHex(b []byte) []byte {
	return []byte(strconv.FormatUint(uint64(binary.BigEndian.Uint32(b)), 16))
}

func (s *faultyStore) Send(ctx ctx, method, _, _ string, h http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.srv.URL+"/k", http.NoBody)
	if err != nil {
		return nil, err
	}
	if h != nil {
		req.Header = h
	}
	req.Header.Set("Accept-Encoding", "identity")
	if s.panics.Load() {
		panic("bug of a provider")
	}
	return s.srv.Client().Transport.RoundTrip(req)
}

// Describe returns the checksum on a 200 only, as S3 does.
func (s *faultyStore) Describe(resp *http.Response, info *wrapper.Info) {
	if resp.StatusCode != http.StatusOK {
		return
	}
	if v, err := strconv.ParseUint(resp.Header.Get("X-Crc32c"), 16, 32); err == nil {
		info.Digests = []wrapper.Digest{{Algorithm: "crc32c", Sum: binary.BigEndian.AppendUint32(nil, uint32(v))}}
	}
}

func (s *faultyStore) SignedURL(ctx, string, wrapper.SignOptions) (string, error) {
	return s.srv.URL, nil
}

// random returns n bytes without repetition.
func random(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = src.Read(b)
	return b
}

// interrupting closes the connection after that many bytes of the body.
type interrupting struct {
	http.ResponseWriter
	left int
	then func() // before the connection is closed; may be nil
}

func (c *interrupting) Write(p []byte) (int, error) {
	if len(p) < c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	if c.then != nil {
		c.then()
	}
	panic(http.ErrAbortHandler)
}

// corrupting changes one bit of the body.
type corrupting struct {
	http.ResponseWriter
	at int
}

func (f *corrupting) Write(p []byte) (int, error) {
	if f.at >= 0 && f.at < len(p) {
		p = bytes.Clone(p)
		p[f.at] ^= 1
	}
	f.at -= len(p)
	return f.ResponseWriter.Write(p)
}

// throttled limits the bytes a second of the body.
type throttled struct {
	http.ResponseWriter
	rate int
}

func (d *throttled) Write(p []byte) (int, error) {
	const block = 16 << 10
	total := 0
	for len(p) > 0 {
		n, err := d.ResponseWriter.Write(p[:min(block, len(p))])
		total += n
		if err != nil {
			return total, err
		}
		p = p[n:]
		_ = http.NewResponseController(d.ResponseWriter).Flush()
		time.Sleep(time.Duration(n) * time.Second / time.Duration(d.rate))
	}
	return total, nil
}

func fetchAll(t *testing.T, f *wrapper.File, req wrapper.Request) ([]byte, error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), req)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Body.Close())
	return got, err
}
