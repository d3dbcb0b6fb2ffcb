package offload_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // signs complete URLs
)

// store is a real S3 server that counts the application's requests.
type store struct {
	*s3server.Server
	storage *blobdownload.Storage
	counter *wirecount.Counter
	host    string
}

func newStore(t *testing.T) *store {
	t.Helper()
	server := s3server.Start(t)
	counter := wirecount.New(t)
	options := server.Client().Options()
	options.HTTPClient = counter
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), s3server.BucketName, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return &store{server, &blobdownload.Storage{Name: "s3", Bucket: wrapper.NewBucket(b), Keys: blobdownload.AnyKey}, counter, hostOf(t, *options.BaseEndpoint)}
}

func hostOf(t *testing.T, rawURL string) string {
	t.Helper()
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	return u.Host
}

func (s *store) put(t *testing.T, key, content, contentType string) {
	t.Helper()
	require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), key, []byte(content), &blob.WriterOptions{ContentType: contentType}))
	s.counter.Take()
}

func (s *store) handler(o blobdownload.Optimizer, change func(blobdownload.View) blobdownload.View) http.Handler {
	v := blobdownload.StorageView(s.storage, keyOf)
	if change != nil {
		v = change(v)
	}
	return (&blobdownload.Server{Optimizer: o}).Handler(v)
}

// clock is a clock that a test sets.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func TestPresign(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const key = "report é.txt"
	s.put(t, key, "0123456789", "text/html")
	c := &clock{t: time.Now()}
	presign := &proxy.Presign{Lifetime: proxy.Lifetime{Now: c.now, Window: 20 * time.Minute, Expiry: 10 * time.Minute}, AllowHTTP: true, Hosts: []string{s.host}}
	require.NoError(t, proxy.Validate(presign))
	app := httptest.NewServer(s.handler(presign, func(v blobdownload.View) blobdownload.View {
		return v.With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Filename = `é"; x=.html`
			d.Header = http.Header{"Set-Cookie": {"a=b"}, "Cache-Control": {"public, max-age=14400"}}
			return nil
		})
	}))
	t.Cleanup(app.Close)
	link := app.URL + urlOf(key)

	resp, body := get(t, link+"&response-content-type=text/html&response-content-disposition=inline") // PS9
	require.Equal(t, http.StatusFound, resp.StatusCode)
	assert.Empty(t, body, "PS22")
	assert.Empty(t, s.counter.Take(), "no requests to the storage")
	assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"), "PS2")
	assert.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"), "PS20")
	assert.Equal(t, "a=b", resp.Header.Get("Set-Cookie"), "D14")
	assert.Empty(t, resp.Header.Get("ETag"))
	location := resp.Header.Get("Location")

	t.Run("the response has the signed fields", func(t *testing.T) {
		resp, body := get(t, location)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, "0123456789", body)
		assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
		disposition := resp.Header.Get("Content-Disposition")
		assert.True(t, strings.HasPrefix(disposition, "attachment; filename="), "PS12, PS9: %s", disposition)
		assert.Contains(t, disposition, "filename*=UTF-8''")
		assert.Equal(t, "private, max-age=600", resp.Header.Get("Cache-Control"), "PS4: not longer than the URL; private, since it has a cookie")
	})
	t.Run("with Range", func(t *testing.T) {
		resp, body := get(t, location, "Range", "bytes=2-4")
		assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
		assert.Equal(t, "234", body)
	})
	t.Run("curl saves it under its filename", func(t *testing.T) {
		installed.Program(t, "curl", "curl")
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), "curl", "-sSfLOJ", "-m", "20", "--noproxy", "*", link)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		found, err := exec.CommandContext(t.Context(), "ls", "-A", dir).Output()
		require.NoError(t, err)
		assert.Contains(t, string(found), ".html")
	})
	t.Run("PS1 the application responds to HEAD", func(t *testing.T) {
		s.counter.Take()
		resp, _ := do(t, http.MethodHead, link)
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, int64(10), resp.ContentLength)
		assert.NotEmpty(t, resp.Header.Get("ETag"))
		assert.Len(t, s.counter.Take(), 1)
	})
	t.Run("PS26 POST is rejected", func(t *testing.T) {
		resp, _ := do(t, http.MethodPost, link)
		assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		assert.Equal(t, "GET, HEAD, OPTIONS", resp.Header.Get("Allow"))
		assert.Empty(t, resp.Header.Get("Location"))
	})
	t.Run("PS10 the storage rejects a changed URL", func(t *testing.T) {
		for _, bad := range []string{
			location + "&response-content-disposition=inline", strings.Replace(location, "attachment", "inline", 1),
			strings.Replace(location, "report", "Report", 1), strings.Replace(location, "X-Amz-Expires=", "X-Amz-Expires=1", 1),
		} {
			resp, _ := get(t, bad)
			assert.Equal(t, http.StatusForbidden, resp.StatusCode, bad)
		}
	})
	t.Run("PS24 the application responds 304", func(t *testing.T) {
		info, err := s.storage.File(key).Stat(t.Context())
		require.NoError(t, err)
		known := httptest.NewServer(s.handler(presign, func(v blobdownload.View) blobdownload.View {
			return v.With(func(_ *http.Request, d *blobdownload.Download) error {
				d.File = d.File.WithInfo(info)
				return nil
			})
		}))
		defer known.Close()
		s.counter.Take()
		resp, _ := get(t, known.URL+urlOf(key), "If-None-Match", info.ETag)
		assert.Equal(t, http.StatusNotModified, resp.StatusCode)
		assert.Empty(t, resp.Header.Get("Location"))
		assert.Empty(t, s.counter.Take())
	})
	t.Run("every process signs one URL per window", func(t *testing.T) {
		other := &proxy.Presign{Lifetime: proxy.Lifetime{Now: c.now, Window: 20 * time.Minute, Expiry: 10 * time.Minute}, AllowHTTP: true}
		d := &blobdownload.Download{File: s.storage.File(key)}
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		c.mu.Lock()
		c.t = time.Now().Truncate(20 * time.Minute).Add(20*time.Minute - time.Second) // the last second of a window
		c.mu.Unlock()
		at := func(p *proxy.Presign) string {
			to, err := p.Optimize(r, d)
			require.NoError(t, err)
			require.NotNil(t, to)
			return to.Header.Get("Location")
		}
		first := at(presign)
		assert.Equal(t, first, at(presign))
		assert.Equal(t, first, at(other))
		c.add(2 * time.Second)
		assert.NotEqual(t, first, at(presign))
	})
	assert.Empty(t, s.counter.Take(), "signing costs no request")
}

// PS13, PS14, PS16, PS17, PS18: a key gets the URL of its object, or none.
func TestPresignedKeys(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	app := httptest.NewServer(s.handler(&proxy.Presign{AllowHTTP: true}, nil))
	t.Cleanup(app.Close)
	for _, key := range append([]string{
		"a+b", "a b", "a~b", "a%20b", "a%2Bb", "é", "e\u0301", "q?x", "h#x", "a&b=c", "a;b", "a:b", "a@b", "a'b", `a"b`, "a\\b", "日本/語", "*", "(x)!",
	}, randomNames(60)...) {
		if strings.HasSuffix(key, "/") || strings.Contains(key, "//") || strings.HasPrefix(key, "/") {
			continue // the server rejects these keys
		}
		if s.storage.Bucket.WriteAll(t.Context(), key, []byte("content of "+key), nil) != nil {
			continue
		}
		resp, body := get(t, app.URL+urlOf(key))
		if resp.StatusCode == http.StatusFound {
			resp, body = get(t, resp.Header.Get("Location"))
		}
		assert.Equal(t, http.StatusOK, resp.StatusCode, "%q", key)
		assert.Equal(t, "content of "+key, body, "%q", key)
	}
	for _, key := range []string{"a/./b", "..", "a/..", "."} {
		resp, _ := get(t, app.URL+urlOf(key))
		assert.GreaterOrEqual(t, resp.StatusCode, 400, "PS16 %q: the storage has no such key", key)
		assert.Empty(t, resp.Header.Get("Location"), "PS16 %q", key)
	}
}

// PS5, PS6, PS8: the storage rejects an expired URL. A client resumes with a new URL or, with If-Range, from the
// application, and gets no part of another version.
func TestPresignExpires(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.put(t, "k", "0123456789", "")
	signed, err := s.storage.File("k").SignedURL(t.Context(), wrapper.SignOptions{Expiry: time.Second})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		resp, _ := get(t, signed)
		return resp.StatusCode == http.StatusForbidden
	}, 10*time.Second, 100*time.Millisecond)
	app := httptest.NewServer(s.handler(&proxy.Presign{AllowHTTP: true}, nil))
	t.Cleanup(app.Close)
	resp, _ := get(t, app.URL+urlOf("k"), "Range", "bytes=5-")
	resp, body := get(t, resp.Header.Get("Location"), "Range", "bytes=5-")
	assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
	assert.Equal(t, "56789", body)

	for tag, want := range map[string]string{resp.Header.Get("ETag"): "56789", `"of what was there before"`: "0123456789"} {
		got, body := get(t, app.URL+urlOf("k"), "Range", "bytes=5-", "If-Range", tag)
		assert.Empty(t, got.Header.Get("Location"), "storages ignore If-Range")
		assert.Equal(t, want, body)
		assert.Equal(t, resp.Header.Get("ETag"), got.Header.Get("ETag"), "one entity-tag either way")
	}
}

// TestXAccelPresigned has nginx fetch from the storage: XA34, XA36, XA37, XA38.
func TestXAccelPresigned(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		at    string
		whole bool
	}{{"/_url", false}, {"/_cached", true}} {
		t.Run(tc.at, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			o := &proxy.XAccelPresigned{Location: tc.at, AllowHTTP: true, WholeOnly: tc.whole}
			require.NoError(t, proxy.Validate(o))
			base := withHeadersMore(*frontOf("nginx")).start(t, s.handler(o, nil), filesDir(t), s.host)
			direct := httptest.NewServer(s.handler(nil, nil))
			t.Cleanup(direct.Close)
			content := strings.Repeat("0123456789", 1000)
			require.NoError(t, s.storage.Bucket.WriteAll(t.Context(), "file.txt", []byte(content), &blob.WriterOptions{
				ContentType: "text/html", Metadata: map[string]string{"owner": "somebody"},
			}))
			s.counter.Take()
			link := urlOf("file.txt")

			resp, body := get(t, base+link, "Authorization", "Basic eDp5", "Cookie", "secret=1")
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, content, body)
			assert.Empty(t, s.counter.Take(), "no requests of the application to the storage")
			want, _ := get(t, direct.URL+link)
			for _, field := range append(equalAlways, "ETag", "Last-Modified") {
				if field != "Content-Type" { // the stored media type is not requested, as documented
					assert.Equal(t, want.Header.Values(field), resp.Header.Values(field), field)
				}
			}
			assert.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
			for field := range resp.Header {
				assert.False(t, strings.HasPrefix(field, "X-Amz") || strings.HasPrefix(field, "X-Accel") || strings.HasPrefix(field, "X-Blob"), field)
			}
			etag := resp.Header.Get("ETag")

			for _, r := range []struct {
				fields []string
				status int
				body   string
			}{
				{[]string{"Range", "bytes=3-8"}, 206, "345678"},
				{[]string{"Range", "bytes=-3"}, 206, "789"},
				{[]string{"Range", "bytes=3-8", "If-Range", etag}, 206, "345678"},
				{[]string{"Range", "bytes=3-8", "If-Range", `"x"`}, 200, content},
				{[]string{"If-None-Match", etag}, 304, ""},
				{[]string{"If-None-Match", `"x"`}, 200, content},
				{[]string{"If-Match", etag}, 200, content},
			} {
				resp, body := get(t, base+link, r.fields...)
				assert.Equal(t, r.status, resp.StatusCode, "%v", r.fields)
				assert.Equal(t, r.body, body, "%v", r.fields)
			}
			for fields, status := range map[[2]string]int{{"Range", "bytes=99999-"}: 416, {"If-Match", `"x"`}: 412} {
				resp, body := get(t, base+link, fields[:]...)
				assert.Equal(t, status, resp.StatusCode, fields)
				assert.NotContains(t, body, "<Error>", fields)
				assert.Equal(t, []string{"nosniff"}, resp.Header["X-Content-Type-Options"], fields)
			}
			resp, _ = do(t, http.MethodHead, base+link)
			assert.Equal(t, http.StatusOK, resp.StatusCode, "XA34")
			assert.Equal(t, int64(len(content)), resp.ContentLength)
			resp, body = get(t, base+urlOf("none"))
			assert.Equal(t, http.StatusNotFound, resp.StatusCode)
			assert.NotContains(t, body, "<Error>")
			assert.Equal(t, []string{"nosniff"}, resp.Header["X-Content-Type-Options"])
			resp, _ = get(t, base+tc.at+"?http://"+s.host+"/bucket/file.txt")
			assert.GreaterOrEqual(t, resp.StatusCode, 400, "not reachable from outside")

			for _, key := range append([]string{"a+b", "a b", "a~b", "a%20b", "a%2Fb", "é", "q?x", "h#x", "a&b=c", "100%", "new\nline"}, randomNames(40)...) {
				if strings.HasSuffix(key, "/") || strings.Contains(key, "//") || strings.HasPrefix(key, "/") {
					continue
				}
				if s.storage.Bucket.WriteAll(t.Context(), key, []byte("content of "+key), nil) != nil {
					continue
				}
				resp, body := get(t, base+urlOf(key))
				assert.Equal(t, http.StatusOK, resp.StatusCode, "%q", key)
				assert.Equal(t, "content of "+key, body, "%q", key)
			}
			if tc.whole {
				require.NoError(t, s.storage.Bucket.Delete(t.Context(), "file.txt"))
				resp, body := get(t, base+link)
				assert.Equal(t, http.StatusOK, resp.StatusCode)
				assert.Equal(t, content, body, "cached by nginx")
			}
		})
	}
}

// XA5: fields of the storage do not control nginx. XA38: nginx fetches from listed storages only.
func TestStoreDoesNotSteer(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	hostile := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Accel-Redirect", "/_files/secret")
		w.Header().Set("X-Accel-Limit-Rate", "1")
		w.Header().Set("Set-Cookie", "stolen=1")
		_, _ = w.Write([]byte("the store's own"))
	}))
	t.Cleanup(hostile.Close)
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Accel-Redirect", "/_url?"+r.Header.Get("Target"))
	})
	base := frontOf("nginx").start(t, app, dir, hostOf(t, hostile.URL))
	resp, body := get(t, base+"/", "Target", hostile.URL+"/x")
	assert.Equal(t, "the store's own", body)
	assert.Empty(t, resp.Header.Get("Set-Cookie"))
	for _, target := range []string{"http://127.0.0.1:1/x", "http://" + hostOf(t, hostile.URL) + "@127.0.0.1:1/", "file:///etc/passwd", ""} {
		resp, _ := get(t, base+"/", "Target", target)
		assert.GreaterOrEqual(t, resp.StatusCode, 500, target)
	}
}
