package archive_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

const (
	memberSize = 4 << 20
	cuts       = 5
)

// objects stores objects of S3 with a CRC-32. They are members with their metadata, as an application's database has it.
func objects(t *testing.T, s *s3server.Server, b *wrapper.Bucket, total int64) (members []archive.Member) {
	t.Helper()
	content := make([]byte, memberSize)
	for i := range total / memberSize {
		_, _ = rand.NewChaCha8([32]byte{byte(i), byte(i >> 8)}).Read(content)
		key := fmt.Sprintf("%04d", i)
		_, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content),
			ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})
		require.NoError(t, err)
		info, err := b.File(key).Stat(t.Context())
		require.NoError(t, err)
		require.Equal(t, "crc32", info.Digests[0].Algorithm)
		members = append(members, archive.Member{File: b.File(key).WithInfo(info)})
	}
	return members
}

// withoutCRC returns the members with a CRC-32 that must be computed.
func withoutCRC(members []archive.Member) (all []archive.Member) {
	for _, m := range members {
		info := m.File.KnownInfo()
		info.Digests = []wrapper.Digest{}
		m.File = m.File.WithInfo(info)
		all = append(all, m)
	}
	return all
}

// cutter aborts the first responses after a number of bytes.
type cutter struct {
	http.ResponseWriter
	left int64
}

func (c *cutter) Write(p []byte) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// interrupted is a server that interrupts the first responses with an archive.
type interrupted struct {
	*httptest.Server
	file                                *wrapper.File
	requests, peak, responses, observed atomic.Int64
}

func interrupt(t *testing.T, f *wrapper.File) *interrupted {
	t.Helper()
	s := &interrupted{file: f}
	server := &blobdownload.Server{Observe: func(_ *http.Request, r blobdownload.Result) {
		s.requests.Add(r.Requests)
		s.observed.Add(1)
	}}
	download := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: f}, nil
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.responses.Add(1) <= cuts {
			w = &cutter{w, *resumeFlag/(cuts+1) - rand.Int64N(memberSize)}
		}
		download.ServeHTTP(&sampler{ResponseWriter: w, peak: &s.peak}, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// resumed checks a download that was resumed after each interruption, and what it has cost: a request for each of n members,
// and again of each interruption.
func (s *interrupted) resumed(t *testing.T, path string, n, again int) {
	t.Helper()
	assert.EqualValues(t, cuts+1, s.responses.Load())
	require.Eventually(t, func() bool { return s.observed.Load() == s.responses.Load() }, 10*time.Second, time.Millisecond)
	assert.Less(t, s.peak.Load(), int64(32<<20), "bytes of memory")
	assert.LessOrEqual(t, s.requests.Load(), int64(n+again*cuts))
	assert.GreaterOrEqual(t, s.requests.Load(), int64(n))
	t.Logf("%d members, %d cuts: %d requests, %.1f MiB of memory", n, cuts, s.requests.Load(), float64(s.peak.Load())/(1<<20))
	got, err := os.Open(path)
	require.NoError(t, err)
	defer got.Close()
	whole := s.file.Reader(t.Context())
	defer whole.Close()
	assert.Equal(t, digest(t, whole), digest(t, got))
}

// stored returns the members of an archive of -resume bytes, in a real S3 server.
func stored(t *testing.T) []archive.Member {
	t.Helper()
	store := s3server.Start(t)
	b, err := wrapper.OpenBucket(t.Context(), strings.ReplaceAll(store.URL(s3server.BucketName), "when_required", "when_supported"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return objects(t, store, b, *resumeFlag)
}

func TestInterruptedArchivesAreResumedByCurl(t *testing.T) {
	curl := program(t, "curl", "curl")
	members := stored(t)
	for name, tt := range map[string]struct {
		file  *wrapper.File
		again int // requests after an interruption
	}{
		"tar": {archive.Tar("x.tar", members...), 1}, // of the member at which the connection ended
		"zip": {archive.Zip("x.zip", members...), 1},
		"zip, no CRC": { // and the beginning of that member is read for the CRC-32
			archive.Options{Checksums: archive.MemoryChecksums(1 << 20)}.Zip("x.zip", withoutCRC(members)...), 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := interrupt(t, tt.file)
			info, err := tt.file.Stat(t.Context())
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "x")
			for try := range cuts + 1 {
				cmd := exec.CommandContext(t.Context(), curl, "-sS", "-C", "-", "-H", "If-Range: "+info.ETag, "-o", path, s.URL)
				out, err := cmd.CombinedOutput()
				require.Equal(t, try == cuts, err == nil, "download %d: %s", try, out)
			}
			s.resumed(t, path, len(members), tt.again)
		})
	}
}

func digest(t *testing.T, r io.Reader) string {
	t.Helper()
	h := sha256.New()
	_, err := io.Copy(h, r)
	require.NoError(t, err)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// sampler measures the memory of the program while it sends a response.
type sampler struct {
	http.ResponseWriter
	peak   *atomic.Int64
	writes int
}

func (s *sampler) Write(p []byte) (int, error) {
	s.writes++
	if s.writes%64 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.peak.Store(max(s.peak.Load(), int64(m.HeapAlloc)))
	}
	return s.ResponseWriter.Write(p)
}

func (s *sampler) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// An object that is replaced between two parts: the whole new archive, or a failed transfer.
func TestReplacedObjectIsNeverSplicedIntoAnArchive(t *testing.T) {
	t.Parallel()
	b, err := wrapper.OpenBucket(t.Context(), s3server.Start(t).URL(s3server.BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	require.NoError(t, b.WriteAll(t.Context(), "a", bytes.Repeat([]byte("a"), 32<<20), nil))
	require.NoError(t, b.WriteAll(t.Context(), "b", bytes.Repeat([]byte("b"), 2<<20), nil))
	f := archive.Zip("x.zip", archive.Member{File: b.File("a")}, archive.Member{File: b.File("b")})
	server := new(blobdownload.Server)
	front := httptest.NewServer(server.Handler(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) { return f, nil })))
	t.Cleanup(front.Close)
	get := func(header ...string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, front.URL, http.NoBody)
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := front.Client().Do(req)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	first := get()
	_, err = io.ReadFull(first.Body, make([]byte, 100_000))
	require.NoError(t, err)
	require.NoError(t, b.WriteAll(t.Context(), "b", bytes.Repeat([]byte("c"), 2<<20), nil))
	_, err = io.Copy(io.Discard, first.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a failed transfer")

	second := get("Range", "bytes=100000-", "If-Range", first.Header.Get("Etag"))
	assert.Equal(t, http.StatusOK, second.StatusCode)
	n, err := io.Copy(io.Discard, second.Body)
	require.NoError(t, err)
	assert.Equal(t, second.ContentLength, n)

	require.NoError(t, b.Delete(t.Context(), "b"))
	assert.Equal(t, http.StatusNotFound, get("Range", "bytes=100000-").StatusCode)
}
