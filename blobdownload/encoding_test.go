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

func packed(t testing.TB, content string, writer func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := writer(&b)
	_, err := io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipper(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibber(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func flater(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	return f
}

// stored returns a probe whose content is stored under a coding.
func stored(coding string, content []byte) *probe {
	p := newProbe(string(content))
	p.info.ContentEncoding = coding
	p.info.Digests = []wrapper.Digest{{Algorithm: "sha-256", Sum: make([]byte, 32)}}
	return p
}

const story = "once upon a time, and a second time, and a third time"

func TestStoredCodingIsKeptForWhoTakesIt(t *testing.T) {
	t.Parallel()
	content := packed(t, story, gzipper)
	for name, accept := range map[string][]string{
		"no field":        nil,
		"named":           {"Accept-Encoding", "gzip"},
		"alias":           {"Accept-Encoding", "X-GZIP;q=0.1"},
		"any":             {"Accept-Encoding", "*"},
		"among others":    {"Accept-Encoding", "br, gzip ;q=1.000, identity;q=0"},
		"on a second one": {"Accept-Encoding", "br", "Accept-Encoding", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := download(blobdownload.Download{File: stored("gzip", content).file("a.txt")})
			resp := ask(t, h, "GET", "/", accept...)
			assert.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			assert.Equal(t, `"v1"`, resp.Header.Get("ETag"))
			assert.Equal(t, "bytes", resp.Header.Get("Accept-Ranges"))
			assert.Equal(t, string(content), text(t, resp))

			part := ask(t, h, "GET", "/", append([]string{"Range", "bytes=2-5"}, accept...)...)
			assert.Equal(t, 206, part.StatusCode)
			assert.Equal(t, string(content[2:6]), text(t, part))
			assert.Equal(t, 304, ask(t, h, "GET", "/", append([]string{"If-None-Match", `"v1"`}, accept...)...).StatusCode)
		})
	}
}

func TestStoredCodingIsUndoneForWhoDoesNot(t *testing.T) {
	t.Parallel()
	twice := packed(t, string(packed(t, story, zlibber)), gzipper)
	for name, c := range map[string]struct {
		coding, accept string
		content        []byte
	}{
		"gzip":          {"gzip", "identity", packed(t, story, gzipper)},
		"empty field":   {"gzip", "", packed(t, story, gzipper)},
		"refused":       {"x-gzip", "br, gzip;q=0, *", packed(t, story, gzipper)},
		"zlib":          {"deflate", "gzip", packed(t, story, zlibber)},
		"bare deflate":  {"deflate", "gzip", packed(t, story, flater)},
		"two codings":   {"deflate, gzip", "gzip", twice},
		"upload coding": {"aws-chunked,gzip", "identity", packed(t, story, gzipper)},
		"nonsense":      {"gzip", "gzip;q=2, br;x, ;;,=", packed(t, story, gzipper)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stored(c.coding, c.content)
			h := download(blobdownload.Download{File: p.file("a.txt")})
			resp := ask(t, h, "GET", "/", "Accept-Encoding", c.accept, "Range", "bytes=0-4", "Want-Repr-Digest", "sha-256=1")
			require.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, story, text(t, resp))
			for _, field := range []string{"Content-Encoding", "Content-Length", "Content-Range", "Repr-Digest"} {
				assert.NotContains(t, resp.Header, field)
			}
			assert.Equal(t, "none", resp.Header.Get("Accept-Ranges"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			tag := resp.Header.Get("ETag")
			assert.Regexp(t, `^W/"v1;decoded=[a-z+]+"$`, tag)

			head := ask(t, h, "HEAD", "/", "Accept-Encoding", c.accept)
			assert.Equal(t, resp.Header, head.Header, "HEAD tells what GET would")

			for _, condition := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
				again := ask(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-None-Match", condition)
				assert.Equal(t, 304, again.StatusCode, condition)
				assert.Equal(t, tag, again.Header.Get("ETag"))
				assert.Equal(t, "Accept-Encoding", again.Header.Get("Vary"))
			}
			other := ask(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-None-Match", `"v1"`)
			assert.Equal(t, 200, other.StatusCode, "the stored content is another representation")
			assert.Equal(t, story, text(t, other))
			assert.Equal(t, 412, ask(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-Match", tag).StatusCode, "a weak tag")
			assert.Equal(t, 304, ask(t, h, "GET", "/", "Accept-Encoding", c.accept, "If-Modified-Since", changedHTTP).StatusCode)
			_, opens, closes := p.counts()
			assert.Equal(t, opens, closes)
		})
	}
}

func TestCodingThatNobodyUndoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"unknown here":      {"br", "gzip"},
		"identity refused":  {"gzip", "br, identity;q=0"},
		"everything is not": {"gzip", "*;q=0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stored(c[0], []byte("x"))
			resp := ask(t, download(blobdownload.Download{File: p.file("a")}), "GET", "/", "Accept-Encoding", c[1])
			assert.Equal(t, http.StatusNotAcceptable, resp.StatusCode)
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			_, opens, closes := p.counts()
			assert.Equal(t, opens, closes)
		})
	}
	server := quiet()
	server.Decoders = map[string]blobdownload.Decoder{
		"rot0": func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(r), nil },
	}
	h := server.Handler(virtual(func(string) *wrapper.File { return stored("rot0", []byte(story)).file("a") }))
	assert.Equal(t, story, text(t, ask(t, h, "GET", "/", "Accept-Encoding", "identity")), "a decoder of one's own")
}

func TestCodingThatTheApplicationStates(t *testing.T) {
	t.Parallel()
	content := packed(t, story, gzipper)
	d := blobdownload.Download{File: stored("", content).file("a"), Header: http.Header{"Content-Encoding": {"gzip"}}}
	resp := ask(t, download(d), "GET", "/", "Accept-Encoding", "identity")
	assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	assert.Equal(t, string(content), text(t, resp))
}

// Stored content may be broken, or made to swell.
func TestDecodingBrokenContent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(story, 1<<14)
	whole := packed(t, long, gzipper)
	for name, c := range map[string]struct {
		content []byte
		limit   int64
		status  int // 0 for a body that breaks off
	}{
		"no gzip at all":   {[]byte("plain text"), 0, 502},
		"nothing":          {[]byte{0x1f}, 0, 502},
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
			p := stored("gzip", c.content)
			server := quiet()
			server.DecodeLimit = c.limit
			srv := live(t, server.Handler(virtual(func(string) *wrapper.File { return p.file("a") })))
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

// A storage that decides conditions itself is asked for its own tag, and sends nothing.
func TestRevalidationOfDecodedContentCostsOneTrip(t *testing.T) {
	t.Parallel()
	b := memBucket(t)
	err := b.WriteAll(t.Context(), "a", packed(t, story, gzipper), &blob.WriterOptions{ContentEncoding: "gzip", ContentType: "text/plain"})
	require.NoError(t, err)
	p := &probe{inner: b.File("a")}
	h := download(blobdownload.Download{File: p.file("a")})
	tag := ask(t, h, "HEAD", "/", "Accept-Encoding", "identity").Header.Get("ETag")
	assert.Equal(t, 304, ask(t, h, "GET", "/", "Accept-Encoding", "identity", "If-None-Match", tag).StatusCode)
	stats, opens, _ := p.counts()
	assert.Equal(t, 2, stats)
	assert.Zero(t, opens)
}

// The same by a remote whose 304 does not tell the coding any more.
func TestRevalidationOfDecodedContentOfARemote(t *testing.T) {
	t.Parallel()
	var asked []string
	srv := live(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Header.Get("If-None-Match"))
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Encoding", "gzip")
		http.ServeContent(w, r, "a.txt", changed, bytes.NewReader(packed(t, story, gzipper)))
	}))
	h := download(blobdownload.Download{File: wrapper.URL(srv.Client(), srv.URL+"/a.txt")})
	full := ask(t, h, "GET", "/", "Accept-Encoding", "br")
	assert.Equal(t, story, text(t, full))
	tag := full.Header.Get("ETag")
	require.Equal(t, `W/"v1;decoded=gzip"`, tag)
	again := ask(t, h, "GET", "/", "Accept-Encoding", "br", "If-None-Match", tag)
	assert.Equal(t, 304, again.StatusCode)
	assert.Equal(t, tag, again.Header.Get("ETag"))
	assert.Equal(t, "Accept-Encoding", again.Header.Get("Vary"))
	packedNow := ask(t, h, "GET", "/", "Accept-Encoding", "gzip", "If-None-Match", tag)
	assert.Equal(t, 200, packedNow.StatusCode, "who takes the stored content now is sent it")
	assert.Equal(t, "gzip", packedNow.Header.Get("Content-Encoding"))
	assert.Equal(t, []string{"GET ", `GET "v1"`, "GET " + `"v1;decoded=gzip"`}, asked)
}
