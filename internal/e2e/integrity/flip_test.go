package integrity_test

import (
	"bytes"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // the provider that is tested
)

const (
	crc32Alg     = types.ChecksumAlgorithmCrc32
	crc32cAlg    = types.ChecksumAlgorithmCrc32c
	crc64nvmeAlg = types.ChecksumAlgorithmCrc64nvme
	sha1Alg      = types.ChecksumAlgorithmSha1
	sha256Alg    = types.ChecksumAlgorithmSha256
)

// composites names the checksums of multipart uploads, which are composites by default except CRC64NVME.
var composites = map[types.ChecksumAlgorithm]string{
	crc32Alg: "crc32-composite", crc32cAlg: "crc32c-composite", crc64nvmeAlg: "crc64nvme",
	sha1Alg: "sha-composite", sha256Alg: "sha-256-composite",
}

var wholes = map[types.ChecksumAlgorithm]string{
	crc32Alg: "crc32", crc32cAlg: "crc32c", crc64nvmeAlg: "crc64nvme", sha1Alg: "sha", sha256Alg: "sha-256",
}

// kinds are the uploads. The transfer manager, which Go CDK uses, cannot complete an upload in parts with CRC64NVME: it
// leaves out the checksums of the parts.
var kinds = []struct {
	name   string
	upload upload
	names  map[types.ChecksumAlgorithm]string
	algs   []types.ChecksumAlgorithm
	second bool // the part size does not fit: one more request for the layout, even of a CRC
	late   bool // a CRC is verified from the second download on
}{
	{"one PUT", onePut, wholes, []types.ChecksumAlgorithm{crc32Alg, crc32cAlg, crc64nvmeAlg, sha1Alg, sha256Alg}, false, false},
	{"Go CDK", goCDK, composites, []types.ChecksumAlgorithm{crc32Alg, crc32cAlg, sha256Alg}, false, false},
	{
		"transfer manager", transferManager(5 << 20), composites,
		[]types.ChecksumAlgorithm{crc32Alg, crc32cAlg, sha1Alg, sha256Alg}, false, false,
	},
	{"transfer manager, decimal", transferManager(6e6), composites, []types.ChecksumAlgorithm{crc32Alg, sha256Alg}, false, false},
	{
		"uneven parts", multipart("", uneven), composites,
		[]types.ChecksumAlgorithm{crc32Alg, crc32cAlg, crc64nvmeAlg, sha256Alg}, true, false,
	},
	{
		"full object", multipart(types.ChecksumTypeFullObject, uneven), wholes,
		[]types.ChecksumAlgorithm{crc32Alg, crc32cAlg}, false, false,
	},
	{"odd part size", multipart("", odd), composites, []types.ChecksumAlgorithm{crc32Alg, sha256Alg}, true, true},
}

func TestI3AFlippedBitAbortsTheDownload(t *testing.T) {
	server := s3server.Start(t)
	for size := range strings.SplitSeq(*sizes, ",") {
		mib, err := strconv.Atoi(size)
		require.NoError(t, err)
		content := random(mib << 20)
		for _, kind := range kinds {
			for _, alg := range kind.algs {
				t.Run(kind.name+" "+string(alg)+" "+size, func(t *testing.T) {
					key := strings.ReplaceAll(t.Name(), "/", "-")
					kind.upload(t, server, key, content, alg)
					p := newPath(t, server, key)
					first := 1
					if kind.second && alg != crc64nvmeAlg || kind.names[alg] == "sha-256-composite" || kind.names[alg] == "sha-composite" {
						first = 2
					}
					p.intact(t, content, want{kind.names[alg], first, kind.late && alg != sha256Alg})
					p.intact(t, content, want{kind.names[alg], 1, false})
					most := 0
					for range *flips {
						most = max(most, p.flipped(t, len(content)))
					}
					t.Logf("verified by %s; requests: first %d, again 1, aborted at most %d", kind.names[alg], first, most)
				})
			}
		}
	}
}

// The first flip hits a version whose layout is not known yet.
func TestI3TheFirstDownloadIsVerified(t *testing.T) {
	server := s3server.Start(t)
	content := random(32 << 20)
	for name, alg := range map[string]types.ChecksumAlgorithm{"CRC32": crc32Alg, "SHA-256": sha256Alg} {
		for kind, up := range map[string]upload{"equal parts": transferManager(5 << 20), "uneven parts": multipart("", uneven)} {
			t.Run(name+" "+kind, func(t *testing.T) {
				key := name + kind
				up(t, server, key, content, alg)
				newPath(t, server, key).flipped(t, len(content))
			})
		}
	}
}

// No mismatch of an assumed layout aborts an intact body. The store without a list of parts shows two at a time.
func TestI3AnUnknownLayoutNeverAborts(t *testing.T) {
	server := s3server.Start(t)
	content := random(17 << 20)
	for name, alg := range map[string]types.ChecksumAlgorithm{"CRC32": crc32Alg, "SHA-256": sha256Alg} {
		t.Run(name, func(t *testing.T) {
			key := "four" + name
			multipart("", equalFirst)(t, server, key, content, alg)
			p := newPath(t, server, key)
			p.get(t, content)
			again := p.get(t, content)
			require.NoError(t, again.Err)
			assert.Equal(t, composites[alg], again.Verified, "the layout is remembered")
			assert.EqualValues(t, 1, again.Requests)
		})
	}
}

// MinIO stores no checksum unless the client sends one; others compute CRC64NVME.
func TestAnObjectWithoutAChecksumIsNotVerified(t *testing.T) {
	if !s3server.MinIO() {
		t.Skip("the store computes a checksum for every object")
	}
	server := s3server.Start(t)
	content := random(16 << 20)
	multipart("", uneven)(t, server, "none", content, "")
	p := newPath(t, server, "none")
	got := p.get(t, content)
	require.NoError(t, got.Err)
	assert.Empty(t, got.Verified)
	assert.EqualValues(t, 1, got.Requests)
}

// path is a server that serves one object, with a proxy between it and the storage.
type path struct {
	proxy   *wire.Proxy
	front   *httptest.Server
	results chan blobdownload.Result
}

func newPath(t *testing.T, server *s3server.Server, key string) *path {
	t.Helper()
	p := &path{proxy: wire.Start(t, strings.TrimPrefix(server.Endpoint, "http://")), results: make(chan blobdownload.Result, 1)}
	options := server.Client().Options()
	options.BaseEndpoint = aws.String("http://" + p.proxy.Addr)
	transport := &http.Transport{}
	options.HTTPClient = &http.Client{Transport: transport}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	p.front = httptest.NewServer(p.handler(b, key))
	t.Cleanup(func() {
		p.front.Close()
		require.NoError(t, b.Close())
		transport.CloseIdleConnections()
	})
	return p
}

func (p *path) handler(b *blob.Bucket, key string) http.Handler {
	s := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler), Observe: func(_ *http.Request, r blobdownload.Result) { p.results <- r }}
	// Read-ahead has more requests.
	f := wrapper.Blob(b, key).WithReadOptions(wrapper.ReadOptions{ReadAhead: 1})
	return s.Handler(func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil })
}

// get downloads the object. A download that ends cleanly must have the content.
func (p *path) get(t *testing.T, content []byte) blobdownload.Result {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.front.URL, http.NoBody)
	require.NoError(t, err)
	resp, err := p.front.Client().Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Body.Close())
	r := <-p.results
	if err == nil && resp.StatusCode == http.StatusOK {
		require.True(t, bytes.Equal(content, body), "a wrong body ended cleanly")
		require.NoError(t, r.Err)
	} else {
		require.Error(t, r.Err)
	}
	return r
}

// want is the result of an intact download.
type want struct {
	verified string
	requests int
	late     bool // not verified yet
}

func (p *path) intact(t *testing.T, content []byte, w want) {
	t.Helper()
	p.proxy.Harm.Store(nil)
	r := p.get(t, content)
	require.NoError(t, r.Err)
	if w.late {
		w.verified = ""
	}
	assert.Equal(t, w.verified, r.Verified)
	assert.EqualValues(t, w.requests, r.Requests)
}

// headerRoom is more than the header of a response is long.
const headerRoom = 4 << 10

// flipped downloads the object with one bit of its body flipped. It returns the number of requests.
func (p *path) flipped(t *testing.T, size int) int {
	t.Helper()
	at := headerRoom + rand.IntN(size-headerRoom)
	n := int64(p.proxy.Requests()) + 1
	harm := func(i int64) wire.Harm {
		if i == n {
			return wire.Harm{FlipAt: int64(at)}
		}
		return wire.Harm{}
	}
	p.proxy.Harm.Store(&harm)
	r := p.get(t, nil)
	require.ErrorIs(t, r.Err, wrapper.ErrChecksum, "byte %d", at)
	assert.Empty(t, r.Verified)
	return int(r.Requests)
}
