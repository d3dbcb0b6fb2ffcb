// Package azuresas_test reads Azure with a shared access signature. It is a package, so a process, of its own because
// Go CDK reads the environment once.
package azuresas_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/azure" // what is tested
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// userAgents records the last User-Agent.
type userAgents struct {
	next http.RoundTripper
	last string
}

func (a *userAgents) RoundTrip(r *http.Request) (*http.Response, error) {
	a.last = r.UserAgent()
	return a.next.RoundTrip(r)
}

func TestReadsByASharedAccessSignature(t *testing.T) {
	counter := wirecount.New(t)
	azure := azureserver.Start(t)
	b, _ := azure.Bucket(t, "shared", counter)
	require.NoError(t, b.WriteAll(t.Context(), "in/a b.txt", []byte("0123456789"), nil))
	agents := &userAgents{next: counter}
	front := azure.Front(t, agents)

	cred, err := container.NewSharedKeyCredential(azureserver.Account, azureserver.Key)
	require.NoError(t, err)
	signature, err := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPSandHTTP, StartTime: time.Now().Add(-time.Minute), ExpiryTime: time.Now().Add(time.Minute),
		ContainerName: "shared", Permissions: (&sas.ContainerPermissions{Read: true, List: true}).String(),
	}.SignWithSharedKey(cred)
	require.NoError(t, err)
	t.Setenv("AZURE_STORAGE_ACCOUNT", azureserver.Account)
	t.Setenv("AZURE_STORAGE_KEY", "")
	t.Setenv("AZURE_STORAGE_DOMAIN", strings.TrimPrefix(front.Endpoint(), "http://")) // a URL may not send the signature elsewhere
	t.Setenv("AZURE_STORAGE_PROTOCOL", "http")
	t.Setenv("AZURE_STORAGE_IS_LOCAL_EMULATOR", "true") // without it, Go CDK refuses plain HTTP
	t.Setenv("AZURE_STORAGE_SAS_TOKEN", signature.Encode())
	s, err := blobdownload.OpenStorage(t.Context(), "azblob://shared?prefix=in/")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
	counter.Take()

	resp, err := s.File("a b.txt").Fetch(t.Context(), wrapper.Request{Range: "bytes=2-4"})
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	assert.Equal(t, http.StatusPartialContent, resp.Status)
	assert.Equal(t, "234", string(body))
	assert.Equal(t, []string{"GET range:bytes=2-4 -> 206"}, counter.Take())
	assert.NotContains(t, agents.last, "azsdk", "it did not go through the SDK")

	_, err = s.File("none").Fetch(t.Context(), wrapper.Request{})
	require.ErrorContains(t, err, "BlobNotFound")
	front.Gone()
	_, err = s.File("a b.txt").WithReadOptions(wrapper.ReadOptions{Retries: -1}).Fetch(t.Context(), wrapper.Request{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "sig=")
}
