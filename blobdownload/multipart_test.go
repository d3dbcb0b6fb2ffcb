package blobdownload_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// byteranges returns the Content-Range and the bytes of each part of a multipart/byteranges response.
func byteranges(t *testing.T, resp *http.Response, contentType string) (parts [][2]string) {
	t.Helper()
	require.Equal(t, http.StatusPartialContent, resp.StatusCode)
	kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/byteranges", kind)
	body := bodyText(t, resp)
	assert.Equal(t, strconv.Itoa(len(body)), resp.Header.Get("Content-Length"), "announced")
	assert.NotContains(t, resp.Header, "Content-Range")
	r := multipart.NewReader(strings.NewReader(body), params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		assert.Equal(t, contentType, p.Header.Get("Content-Type"))
		assert.Len(t, p.Header, 2)
		b, err := io.ReadAll(p)
		require.NoError(t, err)
		parts = append(parts, [2]string{p.Header.Get("Content-Range"), string(b)})
	}
	assert.True(t, strings.HasSuffix(body, "\r\n--"+params["boundary"]+"--\r\n"))
	return parts
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	content := lettersOf(400_000)
	window := func(off, n int) [2]string {
		return [2]string{"bytes " + strconv.Itoa(off) + "-" + strconv.Itoa(off+n-1) + "/400000", content[off : off+n]}
	}
	for _, p := range storedViews(t, []byte(content)) {
		for _, c := range []struct {
			name, field string
			want        [][2]string
		}{
			{"two", "bytes=0-9,200000-200009", [][2]string{window(0, 10), window(200_000, 10)}},
			{"first, middle, last", "bytes=0-0,200000-299999,-1", [][2]string{window(0, 1), window(200_000, 100_000), window(399_999, 1)}},
			{"in the requested order", "bytes=-5,0-4", [][2]string{window(399_995, 5), window(0, 5)}},
			{"one of them past the end", "bytes=0-4,200000-200001,400000-400001", [][2]string{window(0, 5), window(200_000, 2)}},
		} {
			t.Run(p.name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				resp := exchange(t, quietServer().Handler(p.view), "GET", "/?key="+docKey, "Range", c.field)
				assert.Equal(t, c.want, byteranges(t, resp, "text/plain; charset=utf-8"))
			})
		}
	}
}

func TestSeveralRangesWithoutMultipart(t *testing.T) {
	t.Parallel()
	content := lettersOf(400_000)
	for _, c := range []struct {
		name, field string
		want        string
		status      int
	}{
		{"they touch", "bytes=0-4,5-9", content[:10], 206},
		{"they overlap", "bytes=0-7,3-9", content[:10], 206},
		{"one is left", "bytes=5-9,500000-", content[5:10], 206},
		{"more than 16", manyRanges(17), content, 200},
		{"all of it twice", "bytes=0-,0-", content, 200},
		{"none is left", "bytes=400000-,500000-", "Requested Range Not Satisfiable\n", 416},
		{"one is malformed", "bytes=0-4,x", content, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource(content)
			resp := exchange(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })), "GET", "/", "Range", c.field)
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.want, bodyText(t, resp))
			p.closedOnce(t, min(1, len(p.opened())))
		})
	}
}

// All parts of a response are of one version, and a part that cannot be read is not left out.
func TestMultipartWhosePartFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fail func(p *countingSource)
	}{
		{"second part is short", func(p *countingSource) {
			p.body = func(off, n int64) io.Reader { return &letters{n: n - min(off, 1)} }
		}},
		{"second part cannot be read", func(p *countingSource) {
			p.body = func(off, n int64) io.Reader {
				if off > 0 {
					return &letters{after: errChecksum}
				}
				return &letters{n: n}
			}
		}},
		{"second part fails at its end", func(p *countingSource) {
			p.body = func(off, n int64) io.Reader {
				if off > 0 {
					return &letters{n: n, after: errChecksum}
				}
				return &letters{n: n}
			}
		}},
	} {
		for name, configure := range protocols {
			t.Run(c.name+" "+name, func(t *testing.T) {
				t.Parallel()
				p := newCountingSource(lettersOf(400_000))
				c.fail(p)
				srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })), configure)
				resp, err := roundTrip(t, srv, "GET", "/", "Range", "bytes=0-99999,300000-300009")
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
				}
				require.Error(t, err)
				p.closedOnce(t, 2)
			})
		}
	}
	t.Run("first part cannot be read", func(t *testing.T) {
		t.Parallel()
		p := newCountingSource(lettersOf(400_000))
		p.body = func(int64, int64) io.Reader { return &letters{after: errChecksum} }
		resp := exchange(t, quietServer().Handler(fileView(func(string) *wrapper.File { return p.file("a") })), "GET", "/", "Range", "bytes=0-9,300000-300009")
		assert.Equal(t, http.StatusBadGateway, resp.StatusCode, "nothing was sent yet")
		p.closedOnce(t, 1)
	})
}
