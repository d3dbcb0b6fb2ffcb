package reads_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wire"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a storage on a real S3 server, behind a proxy that can be bad, and a server of downloads.
type rig struct {
	s3    *s3server.Server
	proxy *wire.Proxy
	wire  *http.Transport // to the proxy
	store *blobdownload.Storage
	front *httptest.Server
}

// direct tunes nothing, and reads past the proxy, whose own memory would count as the library's.
var direct = wrapper.Transfer{Retries: 1}

func newRig(t testing.TB, tune wrapper.Transfer) *rig {
	t.Helper()
	r := &rig{s3: s3server.Start(t)}
	r.proxy = wire.Start(t, strings.TrimPrefix(r.s3.Endpoint, "http://"))
	options := r.s3.Client().Options()
	if tune != direct {
		options.BaseEndpoint = aws.String("http://" + r.proxy.Addr)
	}
	r.wire = &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	options.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported
	options.HTTPClient = &http.Client{Transport: r.wire}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	r.store = &blobdownload.Storage{Name: "s3", Bucket: b, Transfer: tune}
	server := blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	r.front = httptest.NewServer(server.Handler(func(req *http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: r.store.File(strings.TrimPrefix(req.URL.Path, "/"))}, nil
	}))
	t.Cleanup(func() {
		r.front.Close()
		r.wire.CloseIdleConnections()
		assert.NoError(t, r.store.Close(context.Background()))
	})
	return r
}

// put stores an object in one request, so that the server keeps a checksum of the whole.
func (r *rig) put(t testing.TB, key string, content []byte) {
	t.Helper()
	_, err := r.s3.Client().PutObject(context.WithoutCancel(t.Context()), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content),
	})
	require.NoError(t, err)
}

// get downloads an object and tells its hash, or how it failed.
func (r *rig) get(ctx context.Context, key string) (sum [32]byte, n int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.front.URL+"/"+key, http.NoBody)
	if err != nil {
		return sum, 0, err
	}
	resp, err := r.front.Client().Do(req)
	if err != nil {
		return sum, 0, err
	}
	defer resp.Body.Close()
	h := sha256.New()
	n, err = io.Copy(h, resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = &wrapper.StatusError{StatusCode: resp.StatusCode}
	}
	return [32]byte(h.Sum(nil)), n, err
}

func random(n int, seed byte) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func setHarm(p *wire.Proxy, h func(conn int64) wire.Harm) { p.Harm.Store(&h) }
