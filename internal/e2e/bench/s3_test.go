package bench

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

func startS3(t testing.TB, key string, size int, validation aws.ResponseChecksumValidation) servers {
	t.Helper()
	store := s3server.Start(t)
	client := s3.New(store.Client().Options(), func(o *s3.Options) {
		o.ResponseChecksumValidation = validation
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("text/plain"),
	})
	require.NoError(t, err)

	bucket, err := s3blob.OpenBucket(t.Context(), client, s3server.BucketName, nil)
	require.NoError(t, err)
	storage := &blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(bucket)}
	t.Cleanup(func() { _ = storage.Close(context.WithoutCancel(t.Context())) })
	view := blobdownload.StorageView(storage, blobdownload.PathValue("key"))
	handler := new(blobdownload.Server).Handler(view)
	ours := http.NewServeMux()
	ours.Handle("/{key...}", handler)

	theirs := http.NewServeMux()
	theirs.HandleFunc("/{key...}", func(w http.ResponseWriter, r *http.Request) {
		out, err := client.GetObject(r.Context(), &s3.GetObjectInput{
			Bucket: aws.String(s3server.BucketName), Key: aws.String(r.PathValue("key")),
		})
		if err != nil {
			http.Error(w, http.StatusText(http.StatusBadGateway), http.StatusBadGateway)
			return
		}
		defer out.Body.Close()
		h := w.Header()
		h.Set("Content-Length", strconv.FormatInt(aws.ToInt64(out.ContentLength), 10))
		h.Set("Content-Type", aws.ToString(out.ContentType))
		h.Set("ETag", aws.ToString(out.ETag))
		h.Set("Last-Modified", out.LastModified.UTC().Format(http.TimeFormat))
		_, _ = io.Copy(w, out.Body)
	})
	return servers{ours: serve(t, ours) + "/" + key, sdk: serve(t, theirs) + "/" + key, handler: handler, storage: storage}
}

func BenchmarkS3Small(b *testing.B) {
	compareSmall(b, startS3(b, "small", 4<<10, aws.ResponseChecksumValidationWhenSupported), smallRatio)
}

func BenchmarkS3Large(b *testing.B) {
	b.Run("checksums", func(b *testing.B) { // the default
		compareLarge(b, startS3(b, "large", 256<<20, aws.ResponseChecksumValidationWhenSupported), largeRatio)
	})
	b.Run("none", func(b *testing.B) { // reported only: mostly the kernel's copies on both sides
		compareLarge(b, startS3(b, "large", 256<<20, aws.ResponseChecksumValidationWhenRequired), 0)
	})
}
