package reads_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"google.golang.org/api/option"

	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"
)

type gcsStore struct {
	server string
	direct *blob.Bucket
}

func startGCS(t *testing.T) store {
	inner := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	t.Cleanup(inner.CloseIdleConnections)
	gcsserver.Start(t, inner)
	s := &gcsStore{server: os.Getenv("STORAGE_EMULATOR_HOST")}
	outer := &http.Transport{}
	t.Cleanup(outer.CloseIdleConnections)
	s.direct = s.open(t, s.server, outer)
	t.Cleanup(func() { assert.NoError(t, s.direct.Close()) })
	return s
}

func (s *gcsStore) addr() string { return s.server }

func (s *gcsStore) open(t *testing.T, addr string, way *http.Transport) *blob.Bucket {
	t.Helper()
	t.Setenv("STORAGE_EMULATOR_HOST", addr)
	b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{}, "bucket", &gcsblob.Options{
		GoogleAccessID: "test@example.com",
		PrivateKey:     privateKey(),
		ClientOptions: []option.ClientOption{
			option.WithEndpoint("http://" + addr + "/storage/v1/"),
			option.WithHTTPClient(&http.Client{Transport: way}), // with an emulator, gcsblob takes the default one instead of its argument
		},
	})
	require.NoError(t, err)
	return b
}

// privateKey is good for nothing but to be there.
var privateKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

// put stores in any way: every object has a checksum, however it was written.
func (s *gcsStore) put(t testing.TB, key string, content []byte) {
	t.Helper()
	require.NoError(t, s.direct.WriteAll(context.WithoutCancel(t.Context()), key, content, nil))
}
