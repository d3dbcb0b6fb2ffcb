package offload_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// listed are names that a server may decode to another name, or reject.
var listed = []string{
	"plain.txt", "a b.txt", "100%.txt", "pct%41.txt", "a%20b.txt", "plus+sign.txt", "q?h#.txt", "a?b.txt", "a", "semi;amp&eq=.txt",
	`quote".txt`, `back\slash.txt`, "new\nline.txt", "tab\tin.txt", "é.txt", "e\u0301.txt", "日本語.txt", "{}|^`<>[].txt", "..name..", "a..b", "...",
	"..hidden", ".hidden", "~tilde", "it's", "a:b", "a,b", "$dollar", "@at", "!bang", "*star", "(paren)", "tsp ", "tsp", " lsp", "lsp",
	"del\x7f.txt", "c\x01d", "dir/in dir/ü", "dir/a//b", "w/", "p/../q", "u//v", "k__0x41__l", "k__0x2f__l", "k__0xzz__l", "__0x", "%2e%2e", "%2f", "%00", "a%252fb",
	"_files", "@named", "index.html", "Caddyfile", "x.gz", "r\rcr", "\u202ertl", "d../x", "a/./b", "./y", "0", "-", "--", "nbsp\u00a0", "zero\u200b",
}

// randomNames combines characters that servers treat specially. The seed is fixed, so that failures are reproducible.
func randomNames(n int) []string {
	alphabet := []rune("aaaabbbcc  %%2041eEfF?#;&=+\\\"'`<>[]{}|^~!$@*(),:._-..//é\u0301日🙂\u00a0\u200b\n\t\r\x01\x7f")
	r := rand.New(rand.NewPCG(7, 42))
	seen := map[string]bool{}
	var names []string
	for len(names) < n {
		runes := make([]rune, 1+r.IntN(14))
		for i := range runes {
			runes[i] = alphabet[r.IntN(len(alphabet))]
		}
		if s := string(runes); !seen[s] {
			seen[s] = true
			names = append(names, s)
		}
	}
	return names
}

// fill writes an object under each name that the driver accepts, with the name as content, and returns these names.
func fill(t *testing.T, dir string, names []string) (*blobdownload.Storage, []string) {
	t.Helper()
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{Metadata: fileblob.MetadataDontWrite, NoTempDir: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	var held []string
	for _, name := range names {
		if !utf8.ValidString(name) {
			continue
		}
		if err := b.WriteAll(t.Context(), name, []byte("content of "+name), nil); err == nil {
			held = append(held, name)
		}
	}
	// Some keys are one file for the driver ("a/./b" and "a/b"): the last write remains.
	var sound []string
	for _, name := range held {
		if got, err := b.ReadAll(t.Context(), name); err == nil && string(got) == "content of "+name {
			sound = append(sound, name)
		}
	}
	return &blobdownload.Storage{Name: "default", Bucket: wrapper.NewBucket(b), Keys: blobdownload.AnyKey}, sound
}

func TestOddNames(t *testing.T) {
	t.Parallel()
	count := 3200
	if testing.Short() {
		count = 200
	}
	for _, tc := range []struct {
		front     string
		optimizer func(dir string) blobdownload.Optimizer
		least     float64 // minimal share that is offloaded
	}{
		{"nginx", func(string) blobdownload.Optimizer {
			return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "default", Location: "/_files/", Keys: proxy.FileBlobKeys}}}
		}, 0.9},
		{"nginx", func(string) blobdownload.Optimizer {
			return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "default", Location: "/_checked/"}}, Validators: blobdownload.AppValidators}
		}, 0.4},
		{"caddy", func(string) blobdownload.Optimizer {
			return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "default", Location: "/_files/", Keys: proxy.FileBlobKeys}}}
		}, 0.9},
		{"apache2", func(dir string) blobdownload.Optimizer {
			return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "default", Location: dir, Keys: proxy.FileBlobKeys}}, Paths: proxy.RawPaths}
		}, 0.8},
		{"lighttpd", func(dir string) blobdownload.Optimizer {
			return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "default", Location: dir, Keys: proxy.FileBlobKeys}}, Paths: proxy.EscapedPaths}
		}, 0.8},
		{"lighttpd", func(dir string) blobdownload.Optimizer {
			return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "default", Location: dir}}}
		}, 0.001},
	} {
		t.Run(tc.front, func(t *testing.T) {
			t.Parallel()
			dir := filesDir(t)
			storage, names := fill(t, dir, append(append([]string{}, listed...), randomNames(count)...))
			var offloaded, all atomic.Int64
			server := &blobdownload.Server{
				Optimizer: tc.optimizer(dir),
				Observe: func(_ *http.Request, res blobdownload.Result) {
					all.Add(1)
					if res.Redirect != nil {
						offloaded.Add(1)
					}
				},
			}
			require.NoError(t, proxy.Validate(server.Optimizer, "default"))
			view := blobdownload.StorageView(storage, keyOf)
			base := frontOf(tc.front).start(t, server.Handler(view), dir, "")
			wrong := 0
			for _, name := range names {
				resp, body := get(t, base+urlOf(name))
				if resp.StatusCode != http.StatusOK || body != "content of "+name {
					wrong++
					if wrong <= 10 { // enough for a diagnosis
						assert.Failf(t, "wrong", "%q: %d %.80q", name, resp.StatusCode, body)
					}
				}
			}
			t.Logf("%d names, %d offloaded, %d wrong", len(names), offloaded.Load(), wrong)
			assert.Zero(t, wrong)
			assert.Eventually(t, func() bool { return all.Load() == int64(len(names)) }, 10*time.Second, time.Millisecond, "observed downloads")
			assert.GreaterOrEqual(t, float64(offloaded.Load()), tc.least*float64(len(names)))
			assert.Less(t, offloaded.Load(), all.Load(), "some names cannot be offloaded")
		})
	}
}

// urlOf is the path of a key in a test's URL, in hexadecimal: proxies reject or rewrite many escaped paths, and these
// tests are not about them.
func urlOf(key string) string { return "/?key=" + hex.EncodeToString([]byte(key)) }

func keyOf(r *http.Request) string {
	key, err := hex.DecodeString(r.URL.Query().Get("key"))
	if err != nil {
		return ""
	}
	return string(key)
}

// filesDir returns a directory that all users can read.
func filesDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "files") //nolint:usetesting // configurations would have to quote the name of t.TempDir
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func get(t *testing.T, u string, fields ...string) (*http.Response, string) {
	t.Helper()
	return do(t, http.MethodGet, u, fields...)
}

func do(t *testing.T, method, u string, fields ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, u, http.NoBody)
	require.NoError(t, err)
	for i := 0; i+1 < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var body strings.Builder
	_, err = io.Copy(&body, resp.Body)
	require.NoError(t, err, fmt.Sprint(method, " ", u))
	return resp, body.String()
}
