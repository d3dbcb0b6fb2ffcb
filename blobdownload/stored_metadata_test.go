package blobdownload_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpguts"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
	"gocloud.dev/blob"
)

func TestW15W17StoredTypeOfEachKindOfFile(t *testing.T) {
	t.Parallel()
	for key, c := range map[string]struct{ stored, want string }{
		"a.txt":  {"text/plain; charset=Shift_JIS", "text/plain; charset=shift_jis"},
		"b.csv":  {"text/plain; charset=utf-8", "text/csv; charset=utf-8"},
		"c.docx": {"application/zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"d.epub": {"application/zip", "application/epub+zip"},
		"e.json": {"binary/octet-stream", "application/json"},
	} {
		b := memBucket(t)
		put(t, b, key, c.stored, []byte(story))
		d := &blobdownload.Download{File: b.File(key)}
		assert.Equal(t, c.want, exchange(t, handlerOf(*d), "GET", "/").Header.Get("Content-Type"), key)
		for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
			info, err := d.File.Stat(t.Context())
			require.NoError(t, err)
			w := recordGet(offloadingServer(v), &blobdownload.Download{File: d.File.WithInfo(info)})
			assert.Equal(t, c.want, w.Header().Get("Content-Type"), key)
		}
	}
}

// fragments are pieces of the values that programs store.
var fragments = []string{
	"gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "base64", "utf-8", "none", "identity", "aws-chunked", "compress", "*", ",", ";", "=", "\"",
	" ", "\t", "q=0", "charset=", "shift_jis", "text/", "plain", "html", "application/zip", "de", "en-US", "x", "é", "\x80", "\x7f", "W/", `"v1"`,
	"attachment; filename=", "max-age=1", "no-store", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "bytes", "1985", "%0d%0a",
}

// metadataFields are the fields that a storage has of an object.
var metadataFields = []string{
	"Content-Encoding", "Content-Language", "Content-Type", "Content-Disposition", "Cache-Control", "Etag", "Last-Modified", "Accept-Ranges",
}

func randomValue(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(5) {
		b.WriteString(fragments[r.IntN(len(fragments))])
	}
	return b.String()
}

// For any metadata of a storage, the response is a 200 with the stored or the decoded bytes, and its header is valid.
func TestAnyStoredMetadataIsReadable(t *testing.T) {
	t.Parallel()
	const trials = 400
	plain, packed := []byte(story), encode(t, story, gzipCoder)
	check := func(t *testing.T, id string, f *wrapper.File, content []byte, accept []string) {
		resp := exchange(t, handlerOf(blobdownload.Download{File: f}), "GET", "/", accept...)
		for name, lines := range resp.Header {
			assert.True(t, httpguts.ValidHeaderFieldName(name), "%s: %q", id, name)
			for _, line := range lines {
				assert.True(t, httpguts.ValidHeaderFieldValue(line) && strings.Trim(line, " \t") == line && line != "", "%s: %s: %q", id, name, line)
			}
		}
		for coding := range strings.SplitSeq(resp.Header.Get("Content-Encoding"), ", ") {
			assert.Contains(t, []string{"", "gzip", "deflate", "br", "zstd", "compress"}, coding, id)
		}
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		if strings.Contains(resp.Header.Get("Content-Encoding"), "gzip") {
			assert.Equal(t, content, body, id)
			return
		}
		require.Equal(t, 200, resp.StatusCode, id)
		assert.True(t, bytes.Equal(content, body) || string(body) == story, "%s: %q", id, body)
	}
	accepted := [][]string{nil, {"Accept-Encoding", "identity"}, browser, {"Accept-Encoding", "*;q=0"}}
	t.Run("origin", func(t *testing.T) {
		t.Parallel()
		r := rand.New(rand.NewPCG(1, 2))
		var stored http.Header
		content := plain
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			maps.Copy(w.Header(), stored)
			_, _ = w.Write(content)
		}))
		t.Cleanup(srv.Close)
		for i := range trials {
			stored, content = http.Header{}, plain
			for _, name := range metadataFields {
				for range r.IntN(3) {
					value := strings.ReplaceAll(randomValue(r), "\x7f", "") // net/http rejects the response
					stored[name] = append(stored[name], value)
				}
			}
			if i%2 == 0 {
				stored["Content-Encoding"], content = []string{[]string{"aws-chunked,", "", "base64,"}[r.IntN(3)], "gzip"}, packed
			} else {
				dropDecodable(stored)
			}
			check(t, fmt.Sprint(i, stored), wrapper.URL(srv.Client(), srv.URL+"/a.txt"), content, accepted[r.IntN(len(accepted))])
		}
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		r := rand.New(rand.NewPCG(3, 4))
		b := storagetest.NewBucket(t, nil)
		for i := range trials {
			stored := http.Header{"Content-Encoding": {randomValue(r)}}
			dropDecodable(stored)
			content, coding := plain, stored.Get("Content-Encoding")
			if i%2 == 0 {
				content, coding = packed, []string{"gzip", "aws-chunked,gzip", "X-GZIP,", "identity, gzip"}[r.IntN(4)]
			}
			o := &blob.WriterOptions{
				ContentType: "text/plain", ContentEncoding: coding, ContentLanguage: randomValue(r), CacheControl: randomValue(r),
				ContentDisposition: randomValue(r),
			}
			require.NoError(t, b.WriteAll(t.Context(), "a.txt", content, o))
			check(t, fmt.Sprintf("%d %+v", i, o), wrapper.Blob(b.Bucket, "a.txt"), content, accepted[r.IntN(len(accepted))])
		}
	})
}

// dropDecodable removes codings that the server decodes: content that is stored under a wrong one is corrupt.
func dropDecodable(h http.Header) {
	for i, line := range h["Content-Encoding"] {
		line = strings.ReplaceAll(strings.ToLower(line), "gzip", "br")
		h["Content-Encoding"][i] = strings.ReplaceAll(line, "deflate", "br")
	}
}
