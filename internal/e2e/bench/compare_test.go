package bench

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// servers are two servers of one object: ours, and a handler that copies from the provider's SDK.
type servers struct {
	ours, sdk string                // URLs of the object
	handler   http.Handler          // ours
	storage   *blobdownload.Storage // of S3
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// The most cost of a download, as a fraction of the cost with the SDK of S3.
const (
	smallRatio = 0.6
	largeRatio = 0.7
)

// compareSmall measures many downloads of a small object. It fails if our cost exceeds a fraction of the SDK's.
func compareSmall(b *testing.B, s servers, most float64) {
	ours, sdk := s.measure(b, 1000, 4000, 8)
	b.ReportMetric(ours.perRequest(float64(ours.allocs)), "allocs/download")
	b.ReportMetric(sdk.perRequest(float64(sdk.allocs)), "SDK-allocs/download")
	b.ReportMetric(ours.perRequest(float64(ours.bytes)), "B/download")
	b.ReportMetric(sdk.perRequest(float64(sdk.bytes)), "SDK-B/download")
	b.ReportMetric(ours.cpuPerRequest(), "CPU-µs/download")
	b.ReportMetric(sdk.cpuPerRequest(), "SDK-CPU-µs/download")
	report(b, ours.cpuPerRequest()/sdk.cpuPerRequest(), most)
}

// compareLarge measures few downloads of a large one.
func compareLarge(b *testing.B, s servers, most float64) {
	ours, sdk := s.measure(b, 1, 4, 1)
	b.ReportMetric(ours.cpuPerGiB(), "CPU-s/GiB")
	b.ReportMetric(sdk.cpuPerGiB(), "SDK-CPU-s/GiB")
	report(b, ours.cpuPerGiB()/sdk.cpuPerGiB(), most)
}

// measure measures both servers alternately, with n downloads each time, after a warm-up.
func (s servers) measure(b *testing.B, warm, downloads, parallel int) (ours, sdk cost) {
	clients(b, s.ours, warm, parallel)
	clients(b, s.sdk, warm, parallel)
	b.ResetTimer()
	for b.Loop() {
		ours.measure(b, s.ours, downloads, parallel)
		sdk.measure(b, s.sdk, downloads, parallel)
	}
	b.ReportMetric(0, "ns/op")
	return ours, sdk
}

func report(b *testing.B, ratio, most float64) {
	b.ReportMetric(ratio, "CPU/SDK")
	if most > 0 && ratio > most {
		b.Errorf("%.2f of the CPU of the SDK, at most %.2f is wanted", ratio, most)
	}
}
