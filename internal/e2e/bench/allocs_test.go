//go:build !race

package bench

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
)

// The most allocations of a 4 KiB download from S3, from the handler to the storage and back.
const (
	smallAllocs = 88
	smallBytes  = 9 << 10
)

func TestS3SmallDownloadAllocates(t *testing.T) {
	s := startS3(t, "small", 4<<10, aws.ResponseChecksumValidationWhenSupported)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.SetPathValue("key", "small")
	w := &nowhere{header: http.Header{}}
	for range 100 {
		w.serve(s.handler, r)
	}
	var before, after runtime.MemStats
	const n = 2000
	runtime.ReadMemStats(&before)
	for range n {
		w.serve(s.handler, r)
	}
	runtime.ReadMemStats(&after)
	assert.Equal(t, int64(4<<10), w.sent)
	allocs, size := float64(after.Mallocs-before.Mallocs)/n, float64(after.TotalAlloc-before.TotalAlloc)/n
	t.Logf("%.1f allocations, %.0f bytes", allocs, size)
	assert.LessOrEqual(t, allocs, float64(smallAllocs))
	assert.LessOrEqual(t, size, float64(smallBytes))
}

// nowhere is a ResponseWriter without cost.
type nowhere struct {
	header http.Header
	status int
	sent   int64
}

func (w *nowhere) Header() http.Header    { return w.header }
func (w *nowhere) WriteHeader(status int) { w.status = status }

// SetWriteDeadline and FlushError exist on every ResponseWriter of net/http.
func (w *nowhere) SetWriteDeadline(time.Time) error { return nil }
func (w *nowhere) FlushError() error                { return nil }

func (w *nowhere) Write(p []byte) (int, error) {
	w.sent += int64(len(p))
	return len(p), nil
}

func (w *nowhere) serve(h http.Handler, r *http.Request) {
	clear(w.header)
	w.sent = 0
	h.ServeHTTP(w, r)
}
