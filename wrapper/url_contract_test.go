package wrapper_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/storagetest/servers"
	"github.com/go-downloadview/downloadview/wrapper"
)

// remoteContents are the files of every server, by name. No server has "missing".
var remoteContents = map[string]string{
	"empty.txt": "",
	"small.txt": "0123456789abc",
	"large.txt": strings.Repeat("0123456789abcdef!", 8<<10), // four blocks and a bit
}

// remoteFile returns the resource at a URL on loopback, requested with a guarded client.
func remoteFile(t *testing.T, rawURL string) *wrapper.File {
	t.Helper()
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	require.NoError(t, err)
	c := wrapper.NewGuardedClient(wrapper.ClientOptions{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{uint16(port)},
	})
	t.Cleanup(c.CloseIdleConnections)
	// Without retries: a faulty server fails again.
	return wrapper.URL(c, rawURL).WithReadOptions(wrapper.ReadOptions{Retries: -1, Resumes: -1})
}

// keepsContract runs storagetest.TestFile on every file of a server.
func keepsContract(t *testing.T, base string, sent func(content string) []byte) {
	t.Helper()
	for name, content := range remoteContents {
		t.Run(name, func(t *testing.T) {
			assert.NoError(t, storagetest.TestFile(remoteFile(t, base+"/"+name), sent(content)))
		})
	}
	t.Run("missing", func(t *testing.T) {
		assert.NoError(t, storagetest.TestFile(remoteFile(t, base+"/missing"), nil))
	})
}

func asItIs(content string) []byte { return []byte(content) }

// writeRemote writes remoteContents to a directory, with dates old enough to be strong validators.
func writeRemote(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, content := range remoteContents {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		require.NoError(t, os.Chtimes(path, modified, modified))
	}
}

func TestURLOfNginxKeepsTheContract(t *testing.T) {
	t.Parallel()
	srv := servers.Nginx(t, servers.Config{
		Text: "{{template `main` .}} http { {{template `http` .}} gzip on; gzip_min_length 1; " +
			"server { listen {{.Listen}}; location / { root {{.Dir}}/files; } } }",
	})
	writeRemote(t, filepath.Join(srv.Dir, "files"))
	keepsContract(t, srv.URL, asItIs)
}

func TestURLOfApacheKeepsTheContract(t *testing.T) {
	t.Parallel()
	srv := servers.Apache(t, servers.Config{
		Text:  "{{template `main` .}}\nDocumentRoot {{.Dir}}/files\n<Directory />\nRequire all granted\n</Directory>\n",
		Files: map[string]string{"files/there": ""}, // Apache starts with a DocumentRoot that exists
	})
	writeRemote(t, filepath.Join(srv.Dir, "files"))
	keepsContract(t, srv.URL, asItIs)
}

func TestURLOfGoKeepsTheContract(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeRemote(t, dir)
	srv := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(srv.Close)
	keepsContract(t, srv.URL, asItIs)
}

// answering starts a server with a handler of its own, without ranges and preconditions.
func answering(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, content string)) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, ok := remoteContents[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		answer(w, r, content)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestURLOfAServerThatIgnoresRangesKeepsTheContract(t *testing.T) {
	t.Parallel()
	keepsContract(t, answering(t, func(w http.ResponseWriter, _ *http.Request, content string) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = io.WriteString(w, content)
	}), asItIs)
}

func TestURLOfAServerWithoutLengthsKeepsTheContract(t *testing.T) {
	t.Parallel()
	keepsContract(t, answering(t, func(w http.ResponseWriter, _ *http.Request, content string) {
		w.Header().Set("ETag", `"e"`)
		half := len(content) / 2
		_, _ = io.WriteString(w, content[:half])
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, content[half:])
	}), asItIs)
}

// The body is served as sent, with its content coding.
func TestURLOfAServerThatGzipsRegardlessKeepsTheContract(t *testing.T) {
	t.Parallel()
	base := answering(t, func(w http.ResponseWriter, r *http.Request, content string) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `W/"e"`)
		w.(http.Flusher).Flush()
		if r.Method != http.MethodHead {
			_, _ = w.Write(gzipped(content))
		}
	})
	keepsContract(t, base, gzipped)
	info, err := remoteFile(t, base+"/small.txt").Stat(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "gzip", info.ContentEncoding)
}

func gzipped(content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, content)
	_ = z.Close()
	return b.Bytes()
}

// fault writes the response to a GET of a range, or of the whole when n is negative.
type fault func(w http.ResponseWriter, off, n int)

// faultyServer serves small.txt with faults in some responses and correct ones for the rest.
func faultyServer(t *testing.T, head http.HandlerFunc, get fault) string {
	t.Helper()
	content := remoteContents["small.txt"]
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var off, end int
		_, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &off, &end)
		switch {
		case r.Method == http.MethodHead && head != nil:
			head(w, r)
		case r.Method == http.MethodGet && err == nil && off <= end && off < len(content):
			get(w, off, min(end+1, len(content))-off)
		case r.Method == http.MethodGet && r.Header.Get("Range") == "":
			get(w, 0, -1)
		default:
			goServer(content)(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/small.txt"
}

func sendPart(w http.ResponseWriter, tag, contentRange, body string) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Content-Range", contentRange)
	w.WriteHeader(http.StatusPartialContent)
	w.(http.Flusher).Flush() // no length of the body
	_, _ = io.WriteString(w, body)
}

func sendWhole(w http.ResponseWriter, tag, body string) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = io.WriteString(w, body)
}

// From a server that contradicts itself, each read fails or returns the stored bytes.
func TestURLOfAServerThatContradictsItself(t *testing.T) {
	t.Parallel()
	content := remoteContents["small.txt"]
	said := func(off, n int) string { return fmt.Sprintf("bytes %d-%d/%d", off, off+n-1, len(content)) }
	var tags atomic.Int64
	for name, tc := range map[string]struct {
		head   http.HandlerFunc
		get    fault // of a range; a nil whole sends the whole unchanged
		whole  func(w http.ResponseWriter)
		clause string // that TestFile names
	}{
		"another range, and says so": {clause: "window", get: func(w http.ResponseWriter, off, n int) {
			off = (off + 1) % (len(content) - n + 1)
			sendPart(w, `"e"`, said(off, n), content[off:off+n])
		}},
		"another total": {clause: "range", get: func(w http.ResponseWriter, off, n int) {
			sendPart(w, `"e"`, fmt.Sprintf("bytes %d-%d/99", off, off+n-1), content[off:off+n])
		}},
		"no Content-Range": {clause: "window", get: func(w http.ResponseWriter, off, n int) {
			sendPart(w, `"e"`, "", content[off:off+n])
		}},
		"a part past the end": {clause: "window", get: func(w http.ResponseWriter, off, n int) {
			sendPart(w, `"e"`, fmt.Sprintf("bytes %d-%d/%d", off, len(content), len(content)), content[off:off+n])
		}},
		"a longer part": {clause: "window", get: func(w http.ResponseWriter, off, n int) {
			sendPart(w, `"e"`, said(off, n), content[off:off+n]+"more")
		}},
		"a shorter part": {clause: "window", get: func(w http.ResponseWriter, off, n int) {
			sendPart(w, `"e"`, said(off, n), content[off:off+n-1])
		}},
		"a shorter whole": {clause: "whole", whole: func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			_, _ = io.WriteString(w, content[:5])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
		"gzip by GET alone": {clause: "fetch-info", whole: func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			sendWhole(w, `"e"`, content) // the body is not gzip
		}},
		"HEAD of a longer file": {clause: "stat-size", head: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "14")
		}},
		"HEAD of a shorter file": {clause: "stat-size", head: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "12")
		}},
		"another tag each time": {
			clause: "stat-stable",
			head: func(w http.ResponseWriter, _ *http.Request) {
				sendWhole(w, fmt.Sprintf(`"%d"`, tags.Add(1)), content)
			},
			whole: func(w http.ResponseWriter) { sendWhole(w, fmt.Sprintf(`"%d"`, tags.Add(1)), content) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := remoteFile(t, faultyServer(t, tc.head, func(w http.ResponseWriter, off, n int) {
				switch {
				case n < 0 && tc.whole != nil:
					tc.whole(w)
				case n < 0:
					sendWhole(w, `"e"`, content)
				case tc.get != nil:
					tc.get(w, off, n)
				default:
					sendPart(w, `"e"`, said(off, n), content[off:off+n])
				}
			}))
			rightOrFails(t, f, content)
			err := storagetest.TestFile(f, []byte(content))
			require.Error(t, err)
			assert.Contains(t, "\n"+err.Error(), "\n"+tc.clause+": ")
		})
	}
}

// rightOrFails reads every window in every way.
func rightOrFails(t *testing.T, f *wrapper.File, content string) {
	t.Helper()
	check := func(how string, rc io.ReadCloser, err error, want string) {
		if err != nil || rc == nil {
			return
		}
		got, err := io.ReadAll(rc)
		assert.NoError(t, rc.Close())
		if err == nil {
			assert.Equal(t, want, string(got), how)
		}
	}
	for off := range len(content) {
		for n := 1; off+n <= len(content); n++ {
			rc, err := f.Open(t.Context(), int64(off), int64(n))
			check("Open", rc, err, content[off:off+n])
		}
		r := f.Reader(t.Context())
		_, err := r.Seek(int64(off), io.SeekStart)
		if info, serr := r.Stat(); serr == nil && int64(off) < info.Size {
			check("Reader", r, err, content[off:])
		}
		require.NoError(t, r.Close())
		for field, end := range map[string]int{fmt.Sprintf("bytes=%d-%d", off, off): off + 1, fmt.Sprintf("bytes=%d-", off): len(content)} {
			resp, err := f.Fetch(t.Context(), wrapper.Request{Range: field})
			if err != nil {
				continue
			}
			want := content
			if resp.Status == http.StatusPartialContent {
				assert.Equal(t, []wrapper.Range{{Off: int64(off), N: int64(end - off)}}, resp.Ranges)
				want = content[off:end]
			}
			check("Fetch "+field, resp.Body, nil, want)
		}
	}
}

// Wrong bytes under correct fields are found only by comparison with the content.
func TestURLOfAServerThatSendsOtherBytesIsReported(t *testing.T) {
	t.Parallel()
	content := remoteContents["small.txt"]
	f := remoteFile(t, faultyServer(t, nil, func(w http.ResponseWriter, off, n int) {
		if n < 0 {
			sendWhole(w, `"e"`, content)
			return
		}
		sendPart(w, `"e"`, fmt.Sprintf("bytes %d-%d/%d", off, off+n-1, len(content)), strings.Repeat("?", n))
	}))
	err := storagetest.TestFile(f, []byte(content))
	require.Error(t, err)
	for _, clause := range []string{"window", "range", "read-at"} {
		assert.Contains(t, "\n"+err.Error(), "\n"+clause+": ")
	}
}

// No read returns bytes of two versions.
func TestURLOfContentThatIsReplacedByTurns(t *testing.T) {
	t.Parallel()
	versions := [2]string{strings.Repeat("a", 1000), strings.Repeat("b", 1000)}
	turn := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turn++
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, turn%2))
		r.Header.Del("If-Match") // nor does it keep to it
		http.ServeContent(w, r, "a.txt", modified, strings.NewReader(versions[turn%2]))
	}))
	t.Cleanup(srv.Close)
	f := remoteFile(t, srv.URL+"/a.txt")
	for range 4 {
		r := f.Reader(t.Context())
		first := make([]byte, 300)
		_, err := io.ReadFull(r, first)
		if err == nil {
			_, err = r.Seek(600, io.SeekStart)
			require.NoError(t, err)
			rest, err := io.ReadAll(r)
			if err == nil {
				assert.Equal(t, strings.Repeat(string(first[:1]), 700), string(first)+string(rest))
			} else {
				assert.ErrorIs(t, err, wrapper.ErrChanged)
			}
		}
		require.NoError(t, r.Close())
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		resp, err := f.WithInfo(info).Fetch(t.Context(), wrapper.Request{})
		require.NoError(t, err, "before the first byte it is planned anew")
		got := readAll(t, resp.Body)
		assert.Equal(t, strings.Repeat(got[:1], 1000), got)
		assert.Equal(t, resp.Info.ETag == `"1"`, got[:1] == "b", "the tag is that of the bytes")
	}
}

// Only an Accept-Ranges of none rejects ranges (RFC 9110 section 14.3). Anything else, an empty one included, leaves them to
// the response.
func TestURLWhoseAcceptRangesIsNoneIsSequential(t *testing.T) {
	t.Parallel()
	for field, sequential := range map[string]bool{
		"none": true, "None, none": true, "bytes": false, "bytes, none": false, "seconds": false, "": false, ",": false, "bytes;a=b": false,
	} {
		o := newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Accept-Ranges", field)
			_, _ = io.WriteString(w, digits)
		})
		info, err := o.file(t).Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, sequential, info.Sequential, "%q", field)
	}
}

// A body without a strong validator does not resume, even if bytes and error arrive in one read.
func TestURLWithoutAStrongValidatorDoesNotResume(t *testing.T) {
	t.Parallel()
	for name, header := range map[string][2]string{
		"no tag":     {},
		"a weak tag": {"ETag", `W/"e"`},
		"sequential": {"Accept-Ranges", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				if header[0] != "" {
					w.Header().Set(header[0], header[1])
				}
				http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader(digits))
			})
			c := &http.Client{Transport: tearing{http.DefaultTransport.(*http.Transport).Clone()}}
			t.Cleanup(c.CloseIdleConnections)
			resp, err := wrapper.URL(c, o.URL+"/a.txt").Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			got, err := io.ReadAll(resp.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, digits[:4], string(got))
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, []string{"GET"}, o.requests())
		})
	}
}

// tearing is a transport whose bodies fail with their fourth byte.
type tearing struct{ *http.Transport }

func (c tearing) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.Transport.RoundTrip(r)
	if err == nil {
		resp.Body = cutBody{resp.Body}
	}
	return resp, err
}

type cutBody struct{ io.ReadCloser }

func (b cutBody) Read(p []byte) (int, error) {
	n, err := io.ReadFull(b.ReadCloser, p[:min(len(p), 4)])
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
