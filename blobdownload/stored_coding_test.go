package blobdownload_test

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// browser is the Accept-Encoding of browsers.
var browser = []string{"Accept-Encoding", "gzip, deflate, br, zstd"}

// originWith returns a file of an HTTP server that sends each of the Content-Encoding lines.
func originWith(t *testing.T, content []byte, lines ...string) *wrapper.File {
	t.Helper()
	srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Encoding"] = lines
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("Content-Type", "text/plain")
		http.ServeContent(w, r, "", modTime, bytes.NewReader(content))
	}))
	return wrapper.URL(srv.Client(), srv.URL+"/a.txt")
}

func TestW1UnknownCodingIsDropped(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{
		"base64", "utf-8", "UTF8", "none", "identity", "binary", "aws-chunked", "null", "undefined", "text/plain", "7bit", "gzip;q=1", ",", "é", "a b",
	} {
		for kind, f := range map[string]*wrapper.File{
			"stored": codedSource(coding, []byte(story)).file("a.txt"),
			"origin": originWith(t, []byte(story), coding),
		} {
			for accept, header := range map[string][]string{"browser": browser, "identity": {"Accept-Encoding", "identity"}, "nothing": nil} {
				id := strings.Join([]string{kind, coding, accept}, ", ")
				h := handlerOf(blobdownload.Download{File: f})
				resp := exchange(t, h, "GET", "/", header...)
				require.Equal(t, 200, resp.StatusCode, id)
				assert.Equal(t, story, bodyText(t, resp), id)
				assert.NotContains(t, resp.Header, "Content-Encoding", id)
				assert.Equal(t, `"v1"`, resp.Header.Get("ETag"), id)
				part := exchange(t, h, "GET", "/", append([]string{"Range", "bytes=5-8"}, header...)...)
				assert.Equal(t, 206, part.StatusCode, id)
				assert.Equal(t, story[5:9], bodyText(t, part), id)
			}
			for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
				s := quietServer()
				s.Optimizer = offloader(v, true)
				info, err := f.Stat(t.Context())
				require.NoError(t, err)
				w := recordGet(s, &blobdownload.Download{File: f.WithInfo(info)}, browser...)
				assert.Equal(t, "/_files/k", w.Header().Get("X-Accel-Redirect"), "%s, %s", kind, coding)
				assert.NotContains(t, w.Header(), "Content-Encoding", "%s, %s", kind, coding)
			}
		}
	}
}

func TestW2CodingInTwoLinesIsRead(t *testing.T) {
	t.Parallel()
	packed := encode(t, story, gzipCoder)
	twice := encode(t, string(encode(t, story, zlibCoder)), gzipCoder)
	for name, c := range map[string]struct {
		content []byte
		lines   []string
		sent    string
	}{
		"blank and gzip": {packed, []string{"", "gzip"}, "gzip"},
		"gzip and blank": {packed, []string{"gzip", ""}, "gzip"},
		"upload coding":  {packed, []string{"aws-chunked", "gzip"}, "gzip"},
		"two codings":    {twice, []string{"deflate", "gzip"}, "deflate, gzip"},
	} {
		h := handlerOf(blobdownload.Download{File: originWith(t, c.content, c.lines...)})
		resp := exchange(t, h, "GET", "/", browser...)
		assert.Equal(t, []string{c.sent}, resp.Header["Content-Encoding"], name)
		assert.Equal(t, string(c.content), bodyText(t, resp), name)
		plain := exchange(t, h, "GET", "/", "Accept-Encoding", "identity")
		assert.Equal(t, story, bodyText(t, plain), name)
	}
}

func TestW3CodingsOfUploadsAreNotSent(t *testing.T) {
	t.Parallel()
	packed := encode(t, story, gzipCoder)
	for _, coding := range []string{"aws-chunked,gzip", "gzip, aws-chunked", "identity, gzip", ",gzip,,", "X-GZIP", "GZip"} {
		d := &blobdownload.Download{File: codedSource(coding, packed).file("a.txt")}
		resp := exchange(t, handlerOf(*d), "GET", "/", browser...)
		assert.Equal(t, "gzip", resp.Header.Get("Content-Encoding"), coding)
		assert.Equal(t, string(packed), bodyText(t, resp), coding)
		s := quietServer()
		s.Optimizer = offloader(blobdownload.AppValidators, false)
		w := recordGet(s, d, browser...)
		assert.Equal(t, "/_files/k", w.Header().Get("X-Accel-Redirect"), coding)
		assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"), coding)
	}
}

// The client of a redirect would get the stored field.
func TestW3RedirectSendsNoUnusableCoding(t *testing.T) {
	t.Parallel()
	for coding, status := range map[string]int{"": 302, "gzip": 302, "aws-chunked": 200, "base64": 200, "aws-chunked,gzip": 200} {
		content := []byte(story)
		if strings.Contains(coding, "gzip") {
			content = encode(t, story, gzipCoder)
		}
		f := codedSource(coding, content).file("a.txt")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
			s := quietServer()
			s.Optimizer = fixedOptimizer(&blobdownload.Redirect{
				Status: 302, Header: http.Header{"Location": {"https://store.example.com/k"}}, Validators: v,
			}, nil)
			w := recordGet(s, &blobdownload.Download{File: f.WithInfo(info)}, browser...)
			assert.Equal(t, status, w.Code, coding)
		}
	}
}

func TestW4StoredCodingIsUndoneWhereItCanBe(t *testing.T) {
	t.Parallel()
	packed := encode(t, story, gzipCoder)
	for name, c := range map[string]struct {
		coding string
		accept []string
		sent   string // Content-Encoding
	}{
		"gzip, no field":          {"gzip", nil, ""},
		"gzip, identity":          {"gzip", []string{"Accept-Encoding", "identity"}, ""},
		"gzip, anything":          {"gzip", []string{"Accept-Encoding", "*"}, "gzip"},
		"gzip, named":             {"gzip", []string{"Accept-Encoding", "gzip"}, "gzip"},
		"gzip, nothing accepted":  {"gzip", []string{"Accept-Encoding", "*;q=0"}, "gzip"},
		"gzip, identity rejected": {"gzip", []string{"Accept-Encoding", "br, identity;q=0"}, "gzip"},
		"br, no field":            {"br", nil, "br"},
		"br, identity":            {"br", []string{"Accept-Encoding", "identity"}, "br"},
		"br, another":             {"br", []string{"Accept-Encoding", "gzip"}, "br"},
		"br, named":               {"br", []string{"Accept-Encoding", "br"}, "br"},
		"gzip and br, no field":   {"gzip, br", nil, "gzip, br"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := codedSource(c.coding, packed)
			h := handlerOf(blobdownload.Download{File: p.file("a.txt")})
			resp := exchange(t, h, "GET", "/", c.accept...)
			require.Equal(t, 200, resp.StatusCode)
			assert.Equal(t, c.sent, resp.Header.Get("Content-Encoding"))
			assert.Equal(t, "Accept-Encoding", resp.Header.Get("Vary"))
			want := string(packed)
			if c.sent == "" {
				want = story
			}
			assert.Equal(t, want, bodyText(t, resp))
			assert.Equal(t, resp.Header, exchange(t, h, "HEAD", "/", c.accept...).Header, "HEAD has the header of GET")
			tag := resp.Header.Get("ETag")
			assert.Equal(t, 304, exchange(t, h, "GET", "/", append([]string{"If-None-Match", tag}, c.accept...)...).StatusCode)

			s := quietServer()
			s.Optimizer = offloader(blobdownload.AppValidators, false)
			w := recordGet(s, &blobdownload.Download{File: p.file("a.txt")}, c.accept...)
			assert.Equal(t, c.sent != "", w.Header().Get("X-Accel-Redirect") != "", "offloaded as stored")
			_, opens, closes := p.counts()
			assert.Equal(t, opens, closes)
		})
	}
}

func TestS6LayersOfCodingsAreLimited(t *testing.T) {
	t.Parallel()
	empty := bytes.Repeat(encode(t, "", gzipCoder), 100_000) // 2.3 MB that decode to nothing
	limited := quietServer()
	limited.DecodeLimit = 1 << 20
	f := codedSource("gzip, gzip", encode(t, string(empty), gzipCoder)).file("a.txt")
	resp, err := roundTrip(t, startServer(t, limited.Handler(fileView(func(string) *wrapper.File { return f }))), "GET", "/")
	if err == nil {
		assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	}

	many := codedSource(strings.Repeat("gzip,", 400), []byte(story)).file("a.txt")
	resp = exchange(t, handlerOf(blobdownload.Download{File: many}), "GET", "/", "Accept-Encoding", "identity")
	require.Equal(t, 200, resp.StatusCode)
	assert.NotContains(t, resp.Header, "Content-Encoding")
	assert.Equal(t, story, bodyText(t, resp))
}

func TestS6GuardedClientLimitsDecodedContent(t *testing.T) {
	t.Parallel()
	const maxSize = 1 << 20
	for name, c := range map[string]struct {
		length int
		whole  bool
	}{"below the limit": {maxSize / 2, true}, "above": {50 << 20, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			packed := encode(t, strings.Repeat("x", c.length), gzipCoder)
			origin := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				http.ServeContent(w, r, "a.txt", modTime, bytes.NewReader(packed))
			}))
			client := loopbackClient(t, origin.URL, maxSize)
			fetched := wrapper.URL(client, origin.URL+"/a.txt")
			bucket := memBucket(t)
			m := &wrapper.Materializer{Bucket: bucket}
			stored := m.File(fetched, "stored.txt")
			for _, f := range []*wrapper.File{
				fetched, new(wrapper.FirstOf).File(bucket.File("none.txt"), fetched), m.File(fetched, "fetched.txt"),
				stored, stored, // generated, and then from the bucket
			} {
				srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return f })))
				resp, err := roundTrip(t, srv, "GET", "/")
				require.NoError(t, err)
				n, err := countBytes(resp.Body)
				assert.Equal(t, c.whole, err == nil && resp.StatusCode == http.StatusOK)
				assert.LessOrEqual(t, n, int64(maxSize))
			}
			require.NoError(t, m.Shutdown(t.Context()))
		})
	}
}

// loopbackClient returns a guarded client that may connect to a test's server.
func loopbackClient(t *testing.T, rawURL string, maxSize int64) *http.Client {
	t.Helper()
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	ap, err := netip.ParseAddrPort(u.Host)
	require.NoError(t, err)
	c := wrapper.NewGuardedClient(wrapper.ClientOptions{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Ports: []uint16{ap.Port()}, MaxSize: maxSize,
	})
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func countBytes(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }
