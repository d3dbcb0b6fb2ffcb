package bench

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"testing"

	"cloud.google.com/go/storage"
	"github.com/stretchr/testify/require"
	"google.golang.org/api/option"

	"github.com/go-downloadview/downloadview/blobdownload"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"
)

// serveGCS starts two servers of the storage: ours, and a handler that copies from the SDK.
func serveGCS(t testing.TB, key string, size int) servers {
	t.Helper()
	t.Setenv("STORAGE_EMULATOR_HOST", startStore(t, size))
	docs, err := blobdownload.OpenStorage(t.Context(), "gs://bucket")
	require.NoError(t, err)
	handler := new(blobdownload.Server).Handler(blobdownload.StorageView(docs, blobdownload.PathValue("key")))
	ours := http.NewServeMux()
	ours.Handle("/{key...}", handler)

	client, err := storage.NewClient(t.Context(), option.WithoutAuthentication())
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, docs.Close(context.WithoutCancel(t.Context())))
		require.NoError(t, client.Close())
	})
	theirs := http.NewServeMux()
	theirs.HandleFunc("/{key...}", func(w http.ResponseWriter, r *http.Request) {
		body, err := client.Bucket("bucket").Object(r.PathValue("key")).NewReader(r.Context())
		if err != nil {
			http.Error(w, http.StatusText(http.StatusBadGateway), http.StatusBadGateway)
			return
		}
		defer body.Close()
		h := w.Header()
		h.Set("Content-Length", strconv.FormatInt(body.Attrs.Size, 10))
		h.Set("Content-Type", body.Attrs.ContentType)
		h.Set("ETag", strconv.Quote(strconv.FormatInt(body.Attrs.Generation, 10)))
		h.Set("Last-Modified", body.Attrs.LastModified.UTC().Format(http.TimeFormat))
		_, _ = io.Copy(w, body)
	})
	return servers{ours: serve(t, ours) + "/" + key, sdk: serve(t, theirs) + "/" + key, handler: handler}
}

func BenchmarkGCSSmall(b *testing.B) { compareSmall(b, serveGCS(b, "small", 4<<10), 0) }

func BenchmarkGCSLarge(b *testing.B) { compareLarge(b, serveGCS(b, "large", 256<<20), 0) }
