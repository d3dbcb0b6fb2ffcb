package bench

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	_ "github.com/go-downloadview/downloadview/wrapper/azure"
)

// The account of the storage, which verifies no signature.
const (
	azureAccount = "account"
	azureKey     = "bm90LWEtc2VjcmV0"
)

// serveAzure starts two servers of the storage: ours, and a handler that copies from the SDK.
func serveAzure(t testing.TB, key string, size int) servers {
	t.Helper()
	addr := startStore(t, size)
	t.Setenv("AZURE_STORAGE_ACCOUNT", azureAccount)
	t.Setenv("AZURE_STORAGE_KEY", azureKey)
	docs, err := blobdownload.OpenStorage(t.Context(), "azblob://docs?localemu=true&protocol=http&domain="+addr)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, docs.Close(context.WithoutCancel(t.Context()))) })
	handler := new(blobdownload.Server).Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key")))
	ours := http.NewServeMux()
	ours.Handle("/{key...}", handler)

	cred, err := container.NewSharedKeyCredential(azureAccount, azureKey)
	require.NoError(t, err)
	client, err := container.NewClientWithSharedKeyCredential("http://"+addr+"/"+azureAccount+"/docs", cred, nil)
	require.NoError(t, err)
	theirs := http.NewServeMux()
	theirs.HandleFunc("/{key...}", func(w http.ResponseWriter, r *http.Request) {
		out, err := client.NewBlobClient(r.PathValue("key")).DownloadStream(r.Context(), nil)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusBadGateway), http.StatusBadGateway)
			return
		}
		defer out.Body.Close()
		h := w.Header()
		h.Set("Content-Length", strconv.FormatInt(*out.ContentLength, 10))
		h.Set("Content-Type", *out.ContentType)
		h.Set("ETag", string(*out.ETag))
		h.Set("Last-Modified", out.LastModified.UTC().Format(http.TimeFormat))
		_, _ = io.Copy(w, out.Body)
	})
	return servers{ours: serve(t, ours) + "/" + key, sdk: serve(t, theirs) + "/" + key, handler: handler}
}

func BenchmarkAzureSmall(b *testing.B) { compareSmall(b, serveAzure(b, "small", 4<<10), 0) }

func BenchmarkAzureLarge(b *testing.B) { compareLarge(b, serveAzure(b, "large", 256<<20), 0) }
