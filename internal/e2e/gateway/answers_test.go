package gateway_test

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// store is a gateway with one kind of storage.
type store struct {
	name    string
	gateway *gateway
	objects map[string][]byte
}

// stores returns a gateway for each of the three kinds of storage.
func stores(t *testing.T) []store {
	t.Helper()
	_, dir := fileBucket(t, objects())
	_, bucket := s3Bucket(t, objects())
	return []store{
		{"mem", startGateway(t), sampleObjects(t)},
		{"file", startGateway(t, "-bucket", dir, "-show-hidden", "default"), objects()},
		{"s3", startGateway(t, "-bucket", bucket, "-show-hidden", "default"), objects()},
	}
}

// want is the expected response.
type want struct {
	status int
	body   []byte
	length string // Content-Length, "" for any
	rng    string // Content-Range
}

// TestAnswers compares every status and body from every storage, with every client.
func TestAnswers(t *testing.T) {
	t.Parallel()
	all := clients(t)
	for _, s := range stores(t) {
		for _, c := range all {
			for key, b := range s.objects {
				t.Run(s.name+"/"+c.name+"/"+key, func(t *testing.T) {
					t.Parallel()
					url := s.gateway.URL + "/f/default/" + escaped(key)
					if slices.Contains(oddKeys, key) {
						checkServed(t, c, url, b)
					} else {
						checkAnswers(t, c, url, b)
					}
				})
			}
			t.Run(s.name+"/"+c.name+"/none", func(t *testing.T) {
				t.Parallel()
				for _, path := range []string{"/f/default/no/such", "/f/default/", "/f/default", "/f/other/readme.txt", "/f/other", "/none"} {
					got := c.do(t, http.MethodGet, s.gateway.URL+path, nil)
					assert.Equal(t, http.StatusNotFound, got.Status, path)
					assert.Equal(t, "Not Found\n", string(got.Body), path)
					assert.Empty(t, got.Header.Get("Content-Disposition"), path)
				}
			})
		}
	}
}

// checkServed checks that a URL serves this object.
func checkServed(t *testing.T, c client, url string, b []byte) {
	t.Helper()
	nameless := strings.HasSuffix(url, "/...") // the sanitized name is empty
	whole := c.do(t, http.MethodGet, url, nil)
	check(t, whole, want{status: 200, body: b, length: strconv.Itoa(len(b))})
	kind, params, err := mime.ParseMediaType(whole.Header.Get("Content-Disposition"))
	require.NoError(t, err)
	assert.Equal(t, "attachment", kind)
	assert.Equal(t, nameless, params["filename"] == "")
	check(t, c.do(t, http.MethodGet, url, map[string]string{"Range": "bytes=10-19"}),
		want{status: 206, body: b[10:20], length: "10", rng: fmt.Sprintf("bytes 10-19/%d", len(b))})
}

func checkAnswers(t *testing.T, c client, url string, b []byte) {
	t.Helper()
	whole := c.do(t, http.MethodGet, url, nil)
	check(t, whole, want{status: 200, body: b, length: strconv.Itoa(len(b))})
	assert.Equal(t, c.proto, whole.Proto)
	assert.Equal(t, "bytes", whole.Header.Get("Accept-Ranges"))
	etag, modified := whole.Header.Get("ETag"), whole.Header.Get("Last-Modified")
	require.NotEmpty(t, etag)
	require.NotEmpty(t, modified)

	head := c.do(t, http.MethodHead, url, nil)
	check(t, head, want{status: 200, body: []byte{}, length: strconv.Itoa(len(b))})
	assert.Equal(t, etag, head.Header.Get("ETag"))

	for _, cond := range []map[string]string{
		{"If-None-Match": etag}, {"If-None-Match": `"other", ` + etag}, {"If-None-Match": "*"},
		{"If-Modified-Since": modified}, {"If-None-Match": etag, "Range": "bytes=0-0"},
	} {
		got := c.do(t, http.MethodGet, url, cond)
		check(t, got, want{status: 304, body: []byte{}})
		assert.Equal(t, etag, got.Header.Get("ETag"), "%v", cond)
	}
	for _, cond := range []map[string]string{
		{"If-Match": `"other"`}, {"If-Unmodified-Since": "Mon, 02 Jan 2006 15:04:05 GMT"}, {"If-Match": `"other"`, "Range": "bytes=0-0"},
	} {
		check(t, c.do(t, http.MethodGet, url, cond), want{status: 412, body: []byte("Precondition Failed\n")})
	}
	n := len(b)
	check(t, c.do(t, http.MethodGet, url, map[string]string{"Range": fmt.Sprintf("bytes=%d-", n)}),
		want{status: 416, body: []byte("Requested Range Not Satisfiable\n"), rng: fmt.Sprintf("bytes */%d", n)})
	check(t, c.do(t, http.MethodGet, url, map[string]string{"Range": "bytes=0-0", "If-Range": `"other"`}),
		want{status: 200, body: b, length: strconv.Itoa(n)})

	refused := c.do(t, http.MethodPost, url, nil)
	check(t, refused, want{status: 405, body: []byte("Method Not Allowed\n")})
	assert.Equal(t, "GET, HEAD, OPTIONS", refused.Header.Get("Allow"))
	if n > 0 {
		checkRanges(t, c, url, etag, b)
	}
}

func checkRanges(t *testing.T, c client, url, etag string, b []byte) {
	t.Helper()
	n := len(b)
	for _, r := range []struct {
		value    string
		from, to int // to is exclusive
	}{
		{"bytes=0-0", 0, 1},
		{"bytes=0-9", 0, min(10, n)},
		{fmt.Sprintf("bytes=%d-%d", n/2, n/2+98), n / 2, min(n/2+99, n)},
		{"bytes=-100", max(n-100, 0), n},
		{fmt.Sprintf("bytes=-%d", n+5), 0, n},
		{fmt.Sprintf("bytes=%d-", n-1), n - 1, n},
		{fmt.Sprintf("bytes=%d-", n/3), n / 3, n},
	} {
		w := want{
			status: 206, body: b[r.from:r.to], length: strconv.Itoa(r.to - r.from),
			rng: fmt.Sprintf("bytes %d-%d/%d", r.from, r.to-1, n),
		}
		check(t, c.do(t, http.MethodGet, url, map[string]string{"Range": r.value}), w)
		check(t, c.do(t, http.MethodGet, url, map[string]string{"Range": r.value, "If-Range": etag}), w)
	}
}

func check(t *testing.T, got answer, w want) {
	t.Helper()
	require.Equal(t, w.status, got.Status)
	assert.True(t, bytes.Equal(w.body, got.Body), "body of %d bytes is not the one expected, of %d", len(got.Body), len(w.body))
	if w.length != "" {
		assert.Equal(t, w.length, got.Header.Get("Content-Length"))
	}
	assert.Equal(t, w.rng, got.Header.Get("Content-Range"))
	assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	if w.status != http.StatusNotModified { // a 304 leaves out what a cache would store over the field of the 200
		assert.NotEmpty(t, got.Header.Get("Content-Security-Policy"))
	}
	if w.status >= 400 {
		assert.Empty(t, got.Header.Get("Content-Disposition"))
		assert.Empty(t, got.Header.Get("ETag"))
	}
}
