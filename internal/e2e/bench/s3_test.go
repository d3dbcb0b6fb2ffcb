package bench

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

// servers are two servers of one bucket: ours, and a handler that calls GetObject and copies.
type servers struct {
	ours, sdk string
	handler   http.Handler // ours
}

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
	t.Cleanup(func() { require.NoError(t, bucket.Close()) })
	storage := &blobdownload.Storage{Name: "s3", Bucket: bucket}
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
	return servers{ours: serve(t, ours) + "/" + key, sdk: serve(t, theirs) + "/" + key, handler: handler}
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// At most these parts of what the SDK costs.
const (
	smallRatio = 0.6
	largeRatio = 0.7
)

func BenchmarkS3Small(b *testing.B) {
	s := startS3(b, "small", 4<<10, aws.ResponseChecksumValidationWhenSupported)
	clients(b, s.ours, 1000, 8)
	clients(b, s.sdk, 1000, 8)
	var ours, sdk cost
	b.ResetTimer()
	for b.Loop() {
		ours.measure(b, s.ours, 4000, 8)
		sdk.measure(b, s.sdk, 4000, 8)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours.perRequest(float64(ours.allocs)), "allocs/download")
	b.ReportMetric(sdk.perRequest(float64(sdk.allocs)), "SDK-allocs/download")
	b.ReportMetric(ours.perRequest(float64(ours.bytes)), "B/download")
	b.ReportMetric(sdk.perRequest(float64(sdk.bytes)), "SDK-B/download")
	b.ReportMetric(ours.cpuPerRequest(), "CPU-µs/download")
	b.ReportMetric(sdk.cpuPerRequest(), "SDK-CPU-µs/download")
	ratio := ours.cpuPerRequest() / sdk.cpuPerRequest()
	b.ReportMetric(ratio, "CPU/SDK")
	if ratio > smallRatio {
		b.Errorf("%.2f of the CPU of the SDK, at most %.2f is wanted", ratio, smallRatio)
	}
}

func BenchmarkS3Large(b *testing.B) {
	for _, v := range []struct {
		name       string
		validation aws.ResponseChecksumValidation
	}{
		{"checksums", aws.ResponseChecksumValidationWhenSupported}, // the default
		{"none", aws.ResponseChecksumValidationWhenRequired},       // told, not judged: mostly the kernel's copying on both sides
	} {
		b.Run(v.name, func(b *testing.B) {
			s := startS3(b, "large", 256<<20, v.validation)
			clients(b, s.ours, 1, 1)
			clients(b, s.sdk, 1, 1)
			var ours, sdk cost
			b.ResetTimer()
			for b.Loop() {
				ours.measure(b, s.ours, 4, 1)
				sdk.measure(b, s.sdk, 4, 1)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ours.cpuPerGiB(), "CPU-s/GiB")
			b.ReportMetric(sdk.cpuPerGiB(), "SDK-CPU-s/GiB")
			ratio := ours.cpuPerGiB() / sdk.cpuPerGiB()
			b.ReportMetric(ratio, "CPU/SDK")
			if v.validation == aws.ResponseChecksumValidationWhenSupported && ratio > largeRatio {
				b.Errorf("%.2f of the CPU of the SDK, at most %.2f is wanted", ratio, largeRatio)
			}
		})
	}
}
