package blobdownload_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

const costSize = 500_000

// costs holds the Stat calls and opened windows that each response may cost.
var costs = []struct {
	name    string
	method  string
	header  []string
	status  int
	windows []wrapper.Range
}{
	{"GET", "GET", nil, 200, []wrapper.Range{{Off: 0, N: -1}}},
	{"first", "GET", []string{"Range", "bytes=0-99"}, 206, []wrapper.Range{{Off: 0, N: 100}}},
	{"middle", "GET", []string{"Range", "bytes=1000-1999"}, 206, []wrapper.Range{{Off: 1000, N: 1000}}},
	{"suffix", "GET", []string{"Range", "bytes=-500"}, 206, []wrapper.Range{{Off: costSize - 500, N: 500}}},
	{"to the end", "GET", []string{"Range", "bytes=500-"}, 206, []wrapper.Range{{Off: 500, N: costSize - 500}}},
	{"past the end", "GET", []string{"Range", "bytes=499999-9999999"}, 206, []wrapper.Range{{Off: costSize - 1, N: 1}}},
	{
		"three ranges", "GET", []string{"Range", "bytes=0-9,100000-100009,-10"}, 206,
		[]wrapper.Range{{Off: 0, N: 10}, {Off: 100_000, N: 10}, {Off: costSize - 10, N: 10}},
	},
	{"ranges that touch", "GET", []string{"Range", "bytes=0-9,10-19"}, 206, []wrapper.Range{{Off: 0, N: 20}}},
	{"too many ranges", "GET", []string{"Range", manyRanges(100)}, 200, []wrapper.Range{{Off: 0, N: -1}}},
	{
		"If-Range that no longer matches", "GET", []string{"Range", "bytes=0-9", "If-Range", `"old"`}, 200,
		[]wrapper.Range{{Off: 0, N: -1}},
	},
	{"HEAD", "HEAD", nil, 200, nil},
	{"HEAD of a range", "HEAD", []string{"Range", "bytes=0-9"}, 200, nil},
	{"304 by tag", "GET", []string{"If-None-Match", "*"}, 304, nil},
	{"304 by date", "GET", []string{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}, 304, nil},
	{"412", "GET", []string{"If-Match", `"other"`}, 412, nil},
	{"416", "GET", []string{"Range", "bytes=500000-"}, 416, nil},
}

// manyRanges returns a Range field of n single bytes far from each other.
func manyRanges(n int) string {
	var b strings.Builder
	b.WriteString("bytes=")
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d-%d", i*4999, i*4999)
	}
	return b.String()
}

func TestCost(t *testing.T) {
	t.Parallel()
	content := []byte(strings.Repeat("0123456789", costSize/10))
	mem, file := memBucket(t), fileBucket(t, t.TempDir())
	put(t, mem, "a", "text/plain", content)
	put(t, file, "a", "text/plain", content)
	fsys := fstest.MapFS{"a": {Data: content, ModTime: modTime}}
	dir := t.TempDir()
	writeFile(t, dir, "a", content)
	root := openRoot(t, dir)
	for kind, f := range map[string]*wrapper.File{
		"mem": mem.File("a"), "file": file.File("a"),
		"fs": wrapper.FS(fsys, "a"), "path": wrapper.FS(root.FS(), "a"),
		"bytes": wrapper.Bytes("a", content).WithInfo(wrapper.Info{Size: costSize, ModTime: modTime, ETag: `"v1"`}),
	} {
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		for _, known := range []bool{false, true} {
			for _, c := range costs {
				t.Run(kind+knownSuffix(known)+" "+c.name, func(t *testing.T) {
					t.Parallel()
					p := &countingSource{inner: f}
					served, requests := p.file("a"), 1
					if known {
						served, requests = served.WithInfo(info), 0
					}
					results := make([]blobdownload.Result, 0, 1)
					server := quietServer()
					server.Observe = func(_ *http.Request, r blobdownload.Result) { results = append(results, r) }
					resp := exchange(t, server.Handler(fileView(func(string) *wrapper.File { return served })), c.method, "/", c.header...)
					require.Equal(t, c.status, resp.StatusCode)
					stats, opens, closes := p.counts()
					assert.Equal(t, requests, stats, "Stat calls")
					assert.Equal(t, c.windows, p.opened())
					assert.Equal(t, opens, closes, "readers left open")
					require.Len(t, results, 1)
					assert.Equal(t, c.status, results[0].Status)
					assert.NoError(t, results[0].Err)
					if c.status == 200 && c.method == "GET" {
						assert.EqualValues(t, costSize, results[0].Bytes)
					}
				})
			}
		}
	}
}

func knownSuffix(known bool) string {
	if known {
		return ", known"
	}
	return ""
}

// A request that is rejected before the storage lookup costs no storage request.
func TestRejectedDownloadCostsNoRequest(t *testing.T) {
	t.Parallel()
	p := newCountingSource("content")
	view := fileView(func(string) *wrapper.File { return p.file("a") })
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		exchange(t, quietServer().Handler(view), method, "/")
	}
	refused := view.Authorized(func(*http.Request) error { return http.ErrNoCookie })
	exchange(t, quietServer().Handler(refused), "GET", "/")
	stats, opens, _ := p.counts()
	assert.Zero(t, stats)
	assert.Zero(t, opens)
}

func TestMissingFileCostsOneRequest(t *testing.T) {
	t.Parallel()
	p := &countingSource{inner: memBucket(t).File("none")}
	assert.Equal(t, 404, exchange(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("none") })), "GET", "/").StatusCode)
	stats, opens, _ := p.counts()
	assert.Equal(t, 1, stats)
	assert.Zero(t, opens)
}

func TestCostOfEmptyContent(t *testing.T) {
	t.Parallel()
	p := newCountingSource("")
	resp := exchange(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })), "GET", "/")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "0", resp.Header.Get("Content-Length"))
	_, opens, _ := p.counts()
	assert.Zero(t, opens, "there is nothing to read")
}
