package blobdownload_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func encode(t testing.TB, content string, writer func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := writer(&b)
	_, err := io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipCoder(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibCoder(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func flateCoder(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	return f
}

// codedSource returns a source whose content is stored with a content coding.
func codedSource(coding string, content []byte) *countingSource {
	p := newCountingSource(string(content))
	p.info.ContentEncoding = coding
	p.info.Digests = []wrapper.Digest{{Algorithm: "sha-256", Sum: make([]byte, 32)}}
	return p
}

const story = "once upon a time, and a second time, and a third time"

func TestStoredCodingIsSentToClientsThatAcceptIt(t *testing.T) {
	t.Parallel()
	content := encode(t, story, gzipCoder)
	for name, accept := range map[string][]string{
		"named":           {"Accept-Encoding", "gzip"},
		"alias":           {"Accept-Encoding", "X-GZIP;q=0.1"},
		"any":             {"Accept-Encoding", "*"},
		"among others":    {"Accept-Encoding", "br, gzip ;q=1.000, identity;q=0"},
		"on a second one": {"Accept-Encoding", "br", "Accept-Encoding", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := handlerOf(blobdownload.Download{File: codedSource("gzip", content).file("a.txt")})
			resp := exchange(t, h, "GET", "/", accept...)
			assert.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			assert.Equal(t, `"v1"`, resp.Header.Get("ETag"))
			assert.Equal(t, "bytes", resp.Header.Get("Accept-Ranges"))
			assert.Equal(t, string(content), bodyText(t, resp))

			part := exchange(t, h, "GET", "/", append([]string{"Range", "bytes=2-5"}, accept...)...)
			assert.Equal(t, 206, part.StatusCode)
			assert.Equal(t, string(content[2:6]), bodyText(t, part))
			assert.Equal(t, 304, exchange(t, h, "GET", "/", append([]string{"If-None-Match", `"v1"`}, accept...)...).StatusCode)
		})
	}
}

func TestStoredCodingIsDecodedForOtherClients(t *testing.T) {
	t.Parallel()
	twice := encode(t, string(encode(t, story, zlibCoder)), gzipCoder)
	for name, c := range map[string]struct {
		coding, accept string
		content        []byte
	}{
		"gzip":                 {"gzip", "identity", encode(t, story, gzipCoder)},
		"empty field":          {"gzip", "", encode(t, story, gzipCoder)},
		"refused":              {"x-gzip", "br, gzip;q=0, *", encode(t, story, gzipCoder)},
		"zlib":                 {"deflate", "gzip", encode(t, story, zlibCoder)},
		"bare deflate":         {"deflate", "gzip", encode(t, story, flateCoder)},
		"two codings":          {"deflate, gzip", "gzip", twice},
		"upload coding":        {"aws-chunked,gzip", "identity", encode(t, story, gzipCoder)},
		"nonsense":             {"gzip", "gzip;q=2, br;x, ;;,=", encode(t, story, gzipCoder)},
		"upload, not a coding": {"gzip, base64", "identity", encode(t, story, gzipCoder)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := codedSource(c.coding, c.content)
			h := handlerOf(blobdownload.Download{File: p.file("a.txt")})
			resp := exchange(t, h, "GET", "/", "Accept-Encoding", c.accept, "Range", "bytes=0-4", "Want-Repr-Digest", "sha-256=1")
			require.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, story, bodyText(t, resp))
			for _, field := range []string{"Content-Encoding", "Content-Length", "Content-Range", "Repr-Digest"} {
				assert.NotContains(t, resp.Header, field)
			}
			assert.Equal(t, "none", resp.Header.Get("Accept-Ranges"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			tag := resp.Header.Get("ETag")
			assert.Regexp(t, `^W/"v1;decoded=[a-z+]+"$`, tag)

			head := exchange(t, h, "HEAD", "/", "Accept-Encoding", c.accept)
			assert.Equal(t, resp.Header, head.Header, "HEAD has the header of GET")

			for _, condition := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
				again := exchange(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-None-Match", condition)
				assert.Equal(t, 304, again.StatusCode, condition)
				assert.Equal(t, tag, again.Header.Get("ETag"))
				assert.Equal(t, "Accept-Encoding", again.Header.Get("Vary"))
			}
			other := exchange(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-None-Match", `"v1"`)
			assert.Equal(t, 200, other.StatusCode, "the stored content is another representation")
			assert.Equal(t, story, bodyText(t, other))
			assert.Equal(t, 412, exchange(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-Match", tag).StatusCode, "a weak tag")
			assert.Equal(t, 304, exchange(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-Modified-Since", modTimeHTTP).StatusCode)
			_, opens, closes := p.counts()
			assert.Equal(t, opens, closes)
		})
	}
}

func TestDecoderOfTheApplication(t *testing.T) {
	t.Parallel()
	server := quietServer()
	server.Decoders = map[string]blobdownload.Decoder{
		"rot0": func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(r), nil },
	}
	h := server.Handler(fileView(func(string) *wrapper.File { return codedSource("rot0", []byte(story)).file("a") }))
	assert.Equal(t, story, bodyText(t, exchange(t, h, "GET", "/", "Accept-Encoding", "identity")))
}

func TestCodingSetByTheApplication(t *testing.T) {
	t.Parallel()
	content := encode(t, story, gzipCoder)
	d := blobdownload.Download{File: codedSource("", content).file("a"), Header: http.Header{"Content-Encoding": {"gzip"}}}
	resp := exchange(t, handlerOf(d), "GET", "/", "Accept-Encoding", "identity")
	assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	assert.Equal(t, string(content), bodyText(t, resp))
}

// Stored content may be invalid, or expand without bound.
func TestDecodingInvalidContent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(story, 1<<14)
	whole := encode(t, long, gzipCoder)
	for name, c := range map[string]struct {
		content []byte
		limit   int64
		status  int // 0 for an aborted body
	}{
		"a header only":    {whole[:5], 0, 502},
		"cut":              {whole[:len(whole)-9], 0, 0},
		"wrong checksum":   {append(append([]byte(nil), whole[:len(whole)-8]...), make([]byte, 8)...), 0, 0},
		"something after":  {append(append([]byte(nil), whole...), "more"...), 0, 0},
		"swells":           {whole, 1 << 18, 0},
		"swells at once":   {whole, 100, 502},
		"as much as may":   {whole, int64(len(long)), 200},
		"without a limit":  {whole, -1, 200},
		"two members in a": {append(append([]byte(nil), whole...), whole...), 0, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := codedSource("gzip", c.content)
			server := quietServer()
			server.DecodeLimit = c.limit
			srv := startServer(t, server.Handler(fileView(func(string) *wrapper.File { return p.file("a") })))
			resp := get(t, srv, "/", "Accept-Encoding", "identity")
			n, err := io.Copy(io.Discard, resp.Body)
			if c.status == 0 {
				assert.Error(t, err, "the body must not end cleanly")
			} else {
				assert.NoError(t, err)
				assert.Equal(t, c.status, resp.StatusCode)
			}
			if c.status == 200 {
				assert.Zero(t, n%int64(len(long)))
			}
			p.closedOnce(t, 1)
		})
	}
}

// Some uploads state a coding that the content lacks. It stays readable.
func TestContentThatIsNotGzipIsSentAsStored(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"plain text", "\x1f", "\x1f\x8a", ""} {
		srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return codedSource("gzip", []byte(content)).file("a") })))
		for _, accept := range []string{"identity", "br"} {
			resp := get(t, srv, "/", "Accept-Encoding", accept)
			assert.Equal(t, 200, resp.StatusCode, "%q", content)
			assert.Empty(t, resp.Header.Get("Content-Encoding"), "%q", content)
			assert.Equal(t, content, bodyText(t, resp), "%q", content)
		}
	}
}

// The storage evaluates If-None-Match with its own entity-tag, and sends no body.
func TestRevalidationOfDecodedContentCostsOneRequest(t *testing.T) {
	t.Parallel()
	b := memBucket(t)
	err := b.WriteAll(t.Context(), "a", encode(t, story, gzipCoder), &blob.WriterOptions{ContentEncoding: "gzip", ContentType: "text/plain"})
	require.NoError(t, err)
	p := &countingSource{inner: b.File("a")}
	h := handlerOf(blobdownload.Download{File: p.file("a")})
	tag := exchange(t, h, "HEAD", "/", "Accept-Encoding", "identity").Header.Get("ETag")
	assert.Equal(t, 304, exchange(t, h, "GET", "/", "Accept-Encoding", "identity", "If-None-Match", tag).StatusCode)
	stats, opens, _ := p.counts()
	assert.Equal(t, 2, stats)
	assert.Zero(t, opens)
}

// An upstream's 304 may lack Content-Encoding.
func TestRevalidationOfDecodedContentOfARemote(t *testing.T) {
	t.Parallel()
	var received []string
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received = append(received, r.Method+" "+r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Encoding", "gzip")
		http.ServeContent(w, r, "a.txt", modTime, bytes.NewReader(encode(t, story, gzipCoder)))
	}))
	h := handlerOf(blobdownload.Download{File: wrapper.URL(srv.Client(), srv.URL+"/a.txt")})
	full := exchange(t, h, "GET", "/", "Accept-Encoding", "br")
	assert.Equal(t, story, bodyText(t, full))
	tag := full.Header.Get("ETag")
	require.Equal(t, `W/"v1;decoded=gzip"`, tag)
	again := exchange(t, h, "GET", "/", "Accept-Encoding", "br", "If-None-Match", tag)
	assert.Equal(t, 304, again.StatusCode)
	assert.Equal(t, tag, again.Header.Get("ETag"))
	assert.Equal(t, "Accept-Encoding", again.Header.Get("Vary"))
	packedNow := exchange(t, h, "GET", "/", "Accept-Encoding", "gzip", "If-None-Match", tag)
	assert.Equal(t, 200, packedNow.StatusCode, "who takes the stored content now is sent it")
	assert.Equal(t, "gzip", packedNow.Header.Get("Content-Encoding"))
	assert.Equal(t, []string{"GET ", `GET "v1"`, "GET " + `"v1;decoded=gzip"`}, received)
}
