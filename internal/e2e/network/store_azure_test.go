package network_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/azure"
)

const azureContainer = "reads"

type azureStore struct {
	*azureserver.Server
	direct *container.Client
}

func startAzure(t *testing.T) store {
	s := &azureStore{Server: azureserver.Start(t)}
	way := &http.Transport{}
	t.Cleanup(way.CloseIdleConnections)
	b, _ := s.Bucket(t, azureContainer, &http.Client{Transport: way})
	assert.True(t, b.As(&s.direct))
	return s
}

func (s *azureStore) addr() string { return s.Addr() }

// open opens the bucket as an application does, with the provider's own transport.
func (s *azureStore) open(t *testing.T, addr string, _ *http.Transport) *blob.Bucket {
	t.Helper()
	b, err := wrapper.OpenBucket(t.Context(), s.Via(addr).URL(t, azureContainer))
	require.NoError(t, err)
	return b.Bucket
}

// put stores an object with one Put Blob, so it has an MD5. A block blob has none.
func (s *azureStore) put(t testing.TB, key string, content []byte) {
	t.Helper()
	_, err := s.direct.NewBlockBlobClient(key).Upload(context.WithoutCancel(t.Context()),
		streaming.NopCloser(bytes.NewReader(content)), nil)
	require.NoError(t, err)
}
