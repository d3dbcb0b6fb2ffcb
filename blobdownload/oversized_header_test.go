package blobdownload_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// oversizedFields returns fields of a mebibyte or more, with the status of their response.
func oversizedFields() map[string]struct {
	field, value string
	status       int
} {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1) }
	var ranges strings.Builder
	for i := range 250_000 {
		fmt.Fprintf(&ranges, ",%d-%d", 2*i, 2*i)
	}
	return map[string]struct {
		field, value string
		status       int
	}{
		"250000 ranges":          {"Range", "bytes=" + ranges.String()[1:], 200},
		"250000 of the same":     {"Range", "bytes=0-0" + strings.Repeat(",0-0", 249_999), 200},
		"digits":                 {"Range", "bytes=0-" + fill("9"), 200},
		"commas":                 {"Range", "bytes=0-0" + fill(","), 200},
		"blanks":                 {"Range", "bytes=" + fill(" \t") + "0-0", 200},
		"no range at all":        {"Range", fill("x"), 200},
		"tags that are not ours": {"If-None-Match", fill(`"x", `) + `"y"`, 200},
		"our tag at the end":     {"If-None-Match", fill(`"x", `) + `"v1"`, 304},
		"one long tag":           {"If-None-Match", `"` + fill("x") + `"`, 200},
		"open quote":             {"If-None-Match", `"` + fill("x"), 200},
		"only commas":            {"If-None-Match", fill(",") + `"v1"`, 304},
		"tags to match":          {"If-Match", fill(`"x",`) + `"y"`, 412},
		"ours to match":          {"If-Match", fill(`"x",`) + `"v1"`, 200},
		"one long tag to match":  {"If-Match", `"` + fill("x") + `"`, 412},
		"If-Range":               {"If-Range", `"` + fill("x") + `"`, 200},
		"If-Range of commas":     {"If-Range", fill(`"v1",`), 200},
		"date":                   {"If-Modified-Since", "Sat, 06 Jan 2024 " + fill("10:20:30 "), 200},
		"date of blanks":         {"If-Unmodified-Since", fill(" ") + "x", 200},
		"codings":                {"Accept-Encoding", fill("gzip;q=0.5, "), 200},
		"coding":                 {"Accept-Encoding", fill("x"), 200},
		"digests":                {"Want-Repr-Digest", fill("md5=1, ") + "md5=1", 200},
		"unknown field":          {"X-Filler", fill("x"), 200},
	}
}

// countingRemote returns a file of an upstream that counts requests and fails the test on fields above 4 KiB.
func countingRemote(t *testing.T) (f *wrapper.File, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		for name, values := range r.Header {
			if len(strings.Join(values, "")) > 4<<10 {
				t.Errorf("%s of %d bytes went upstream", name, len(values[0]))
			}
		}
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a.txt", modTime, bytes.NewReader([]byte("content")))
	}))
	return wrapper.URL(srv.Client(), srv.URL+"/a.txt"), requests
}

// A header of a mebibyte gets the response of RFC 9110, at one upstream request at most.
func TestOversizedFields(t *testing.T) {
	t.Parallel()
	remote, requests := countingRemote(t)
	fromRemote := handlerOf(blobdownload.Download{File: remote})
	for name, c := range oversizedFields() {
		t.Run(name, func(t *testing.T) {
			header := []string{c.field, c.value}
			if c.field == "If-Range" {
				header = append(header, "Range", "bytes=0-0")
			}
			p := newCountingSource("content")
			resp := exchange(t, handlerOf(blobdownload.Download{File: p.file("a.txt")}), "GET", "/", header...)
			assert.Equal(t, c.status, resp.StatusCode)
			stats, opens, _ := p.counts()
			assert.LessOrEqual(t, stats, 1)
			assert.LessOrEqual(t, opens, 1)

			before := requests.Load()
			resp = exchange(t, fromRemote, "GET", "/", header...)
			assert.Equal(t, c.status, resp.StatusCode, "from a remote")
			assert.LessOrEqual(t, requests.Load()-before, int64(1))
		})
	}
}

// A large header costs no more than a few allocations.
func TestOversizedFieldsAllocateLittle(t *testing.T) {
	h := handlerOf(blobdownload.Download{File: newCountingSource("content").file("a.txt")})
	plain := testing.AllocsPerRun(5, func() { exchange(t, h, "GET", "/") })
	for name, c := range oversizedFields() {
		r := request(t, "GET", "/", c.field, c.value)
		assert.Less(t, testing.AllocsPerRun(5, func() { exchangeRequest(h, r) }), plain+60, name)
	}
}

// One operation is one request. Divide by its reported KiB.
func BenchmarkOversizedFields(b *testing.B) {
	h := handlerOf(blobdownload.Download{File: newCountingSource("content").file("a.txt")})
	for name, c := range oversizedFields() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			r := request(b, "GET", "/", c.field, c.value)
			b.SetBytes(int64(len(c.value)))
			b.ReportAllocs()
			for b.Loop() {
				require.Less(b, exchangeRequest(h, r).StatusCode, 500)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(float64(len(c.value))/1024), "ns/KiB")
		})
	}
}
