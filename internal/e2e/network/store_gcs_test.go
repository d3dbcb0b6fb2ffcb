package network_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/wrapper"
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
	s.direct = s.open(t, s.server, nil)
	t.Cleanup(func() { assert.NoError(t, s.direct.Close()) })
	return s
}

func (s *gcsStore) addr() string { return s.server }

// open opens the bucket as an application does, with the provider's own transport.
func (s *gcsStore) open(t *testing.T, addr string, _ *http.Transport) *blob.Bucket {
	t.Helper()
	t.Setenv("STORAGE_EMULATOR_HOST", addr)
	b, err := wrapper.OpenBucket(t.Context(), "gs://bucket")
	require.NoError(t, err)
	return b.Bucket
}

// put stores an object. Every object has a checksum.
func (s *gcsStore) put(t testing.TB, key string, content []byte) {
	t.Helper()
	require.NoError(t, s.direct.WriteAll(context.WithoutCancel(t.Context()), key, content, nil))
}
