package threats_test

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func rangesOf(n int, f func(int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f(i)
	}
	return "bytes=" + strings.Join(parts, ",")
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id, field string
		status    int
		want      string // Content-Range
	}{
		{"RG1 Apache Killer", rangesOf(1300, func(i int) string { return fmt.Sprintf("5-%d", i) }), 200, ""},
		{"RG2 thousands of one byte", rangesOf(200_000, func(int) string { return "0-0" }), 200, ""},
		{"RG4 overlapping wholes", "bytes=0-,0-,0-", 200, ""},
		{"RG5 quadratic garbage", "bytes=" + strings.Repeat("9", 800_000), 200, ""},
		{"RG6 a long field", "bytes=0-" + strings.Repeat("0", 9000), 200, ""},
		{"RG8 a suffix of nothing", "bytes=-0", 416, "bytes */100"},
		{"RG9 a suffix longer than the file", "bytes=-9999", 206, "bytes 0-99/100"},
		{"RG10 another unit", "lines=0-1", 200, ""},
		{"RG10 the unit in another case", "BYTES=0-1", 206, "bytes 0-1/100"},
		{"RG12 a sign", "bytes=+0-1", 200, ""},
		{"RG12 a sign in the end", "bytes=0-+1", 200, ""},
		{"RG12 blanks", "bytes=0 - 1", 200, ""},
		{"RG13 the last byte past the end", "bytes=0-1048575", 206, "bytes 0-99/100"},
		{"RG14 the first byte past the end", "bytes=100-", 416, "bytes */100"},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			r := newBucketServer(t, nil)
			r.put(t, "a", hundredBytes)
			got := r.do(t, http.MethodGet, keyTarget("a"), "Range", tc.field)
			require.NoError(t, got.err)
			assert.Equal(t, tc.status, got.StatusCode)
			assert.Equal(t, tc.want, got.Header.Get("Content-Range"))
			if tc.status == http.StatusOK {
				assert.Equal(t, hundredBytes, got.body)
			}
			assert.LessOrEqual(t, r.requests(), 2, "one Stat, one Open")
			assert.False(t, strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/"))
		})
	}
}

func TestConditionsAndRanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id, ifRange, ifNoneMatch string
		status                   int
	}{
		{"RG20 the tag", `ETAG`, "", 206},
		{"RG20 weak", `W/ETAG`, "", 200},
		{"RG20 another", `"other"`, "", 200},
		{"RG20 garbage", `garbage`, "", 200},
		{"RG20 a star", `*`, "", 200},
		{"RG20 a list", `ETAG, "other"`, "", 200},
		{"RG21 a date that is not strong yet", "DATE", "", 200},
		{"RG24 a hit comes before a range", "", `ETAG`, 304},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			r := newBucketServer(t, nil)
			r.put(t, "a", hundredBytes)
			first := r.do(t, http.MethodGet, keyTarget("a"))
			fill := strings.NewReplacer("ETAG", first.Header.Get("ETag"), "DATE", first.Header.Get("Last-Modified")).Replace
			got := r.do(t, http.MethodGet, keyTarget("a"), "Range", "bytes=2-5", "If-Range", fill(tc.ifRange), "If-None-Match", fill(tc.ifNoneMatch))
			assert.Equal(t, tc.status, got.StatusCode)
			for _, field := range []string{"ETag", "Last-Modified", "Cache-Control", "X-Content-Type-Options"} { // RG25
				assert.Equal(t, first.Header.Get(field), got.Header.Get(field), field)
			}
		})
	}
}

// RG18: no content can contain the boundary, because it is random.
func TestBoundaryIsNotInTheContent(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	seen := map[string]bool{}
	for range 20 {
		got := r.do(t, http.MethodGet, keyTarget("a"), "Range", "bytes=0-1,90-91")
		require.Equal(t, http.StatusPartialContent, got.StatusCode)
		_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
		require.NoError(t, err)
		assert.False(t, seen[params["boundary"]], "the boundary is predictable")
		assert.GreaterOrEqual(t, len(params["boundary"]), 26, "128 bits")
		seen[params["boundary"]] = true
		parts := multipart.NewReader(strings.NewReader(got.body), params["boundary"])
		for _, want := range []string{"01", "01"} {
			p, err := parts.NextPart()
			require.NoError(t, err)
			b, err := io.ReadAll(p)
			require.NoError(t, err)
			assert.Equal(t, want, string(b))
		}
	}
}

// RG22, RG29: the response for a replaced object has its current version.
func TestRangeOfAnObjectThatWasReplaced(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	tag := r.do(t, http.MethodHead, keyTarget("a")).Header.Get("ETag")
	r.put(t, "a", strings.ToUpper(strings.Repeat("abcdefghij", 10)))
	requireWhole(t, r.do(t, http.MethodGet, keyTarget("a"), "Range", "bytes=50-59", "If-Range", tag), strings.Repeat("ABCDEFGHIJ", 10))

	shrunk := newBucketServer(t, func(r *bucketServer) blobdownload.View {
		s := &blobdownload.Storage{Bucket: wrapper.NewBucket(r.bucket)}
		return func(*http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: s.File("a").WithInfo(wrapper.Info{Size: 100})}, nil
		}
	})
	shrunk.put(t, "a", "ten bytes.")
	got := shrunk.do(t, http.MethodGet, "/", "Range", "bytes=50-59")
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, got.StatusCode)
	assert.Equal(t, "bytes */10", got.Header.Get("Content-Range"))
}

// RG26, TR13: an encoded response has the Content-Length of its encoded bytes, so the client detects a truncation.
func TestStoredEncoding(t *testing.T) {
	t.Parallel()
	cut := false
	f := remoteFile(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusOK)
		if cut {
			_, _ = io.WriteString(w, hundredBytes[:50])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, hundredBytes)
	}).WithReadOptions(wrapper.ReadOptions{Resumes: -1})
	r := newBucketServer(t, serveOnly(blobdownload.Download{File: f}))
	got := r.do(t, http.MethodGet, "/", "Accept-Encoding", "gzip")
	requireWhole(t, got, hundredBytes)
	assert.Equal(t, "gzip", got.Header.Get("Content-Encoding"))
	assert.Equal(t, int64(100), got.ContentLength)
	cut = true
	got = r.do(t, http.MethodGet, "/", "Accept-Encoding", "gzip")
	assert.Equal(t, http.StatusBadGateway, got.StatusCode, "a small body is read whole before the status")
}
