package browser_test

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // the file scheme
	_ "gocloud.dev/blob/memblob"  // the mem scheme

	"github.com/go-downloadview/downloadview/blobdownload"
	static "github.com/go-downloadview/downloadview/blobdownload/site" // the package has a type site
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // direct requests
)

// spa are the objects of a single-page application, as a build tool writes them: assets have a hash in their name.
var spa = map[string]string{
	"index.html": `<!doctype html><title>loading</title><link rel="stylesheet" href="/assets/style-7c3e1d2f.css">
<script type="module" src="/assets/app-5f2a9c1e.js"></script><p id="p">text</p>`,
	"about.html":      `<!doctype html><title>about</title><a href="blog/">blog</a>`,
	"blog/index.html": `<!doctype html><title>blog</title><a href="first">first</a>`,
	"blog/first.html": `<!doctype html><title>first</title>`,
	"404.html":        `<!doctype html><title>missing</title><style>p{color:rgb(1,2,3)}</style><p id="p">x</p><script>document.title += "!"</script>`,
	"assets/app-5f2a9c1e.js": `const page = await import("./page-0a1b2c3d.js")
page.show(location.pathname)`,
	"assets/page-0a1b2c3d.js":   `export function show(path) { document.title = "page of " + path }`,
	"assets/style-7c3e1d2f.css": `p { color: rgb(0, 128, 0) }`,
}

// served is a response of the site.
type served struct {
	path     string
	status   int
	encoding string
}

// spaSite serves the application from a storage, and records the responses and their storage requests.
type spaSite struct {
	*httptest.Server
	mu       sync.Mutex
	served   []served
	requests []int64
}

func newSPASite(t *testing.T, url string) *spaSite {
	t.Helper()
	storage, err := blobdownload.OpenStorage(t.Context(), "www="+url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = storage.Bucket.Close() })
	for key, content := range spa {
		require.NoError(t, storage.Bucket.WriteAll(t.Context(), key, []byte(content), &blob.WriterOptions{ContentType: "application/octet-stream"}))
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(spa["assets/app-5f2a9c1e.js"]))
	require.NoError(t, w.Close())
	require.NoError(t, storage.Bucket.WriteAll(t.Context(), "assets/app-5f2a9c1e.js.gz", packed.Bytes(), nil))

	s := &spaSite{}
	app := &static.Site{Storage: storage, Fallback: "index.html"}
	require.NoError(t, app.Check(t.Context()))
	server := &blobdownload.Server{ErrorHandler: app.ServeError, Logger: slog.New(slog.DiscardHandler), Observe: func(_ *http.Request, r blobdownload.Result) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Requests)
	}}
	handler := server.Handler(app.View())
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &statusWriter{ResponseWriter: w}
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.served = append(s.served, served{r.URL.Path, rec.status, w.Header().Get("Content-Encoding")})
		}()
		handler.ServeHTTP(rec, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// expect requires the responses since the last call, in any order, without those for the browser's icon. A response is
// recorded after the browser has read it.
func (s *spaSite) expect(t *testing.T, want ...served) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		s.mu.Lock()
		defer s.mu.Unlock()
		all := slices.DeleteFunc(slices.Clone(s.served), func(r served) bool { return r.path == "/favicon.ico" })
		assert.ElementsMatch(c, want, all)
	}, 10*time.Second, 10*time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served = nil
}

// TestSinglePageApplication loads an application in each browser, from each kind of storage.
func TestSinglePageApplication(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"mem":  func(*testing.T) string { return "mem://" },
		"file": func(t *testing.T) string { t.Helper(); return "file://" + t.TempDir() + "?no_tmp_dir=true" },
		"s3":   func(t *testing.T) string { t.Helper(); return s3server.Start(t).URL(s3server.BucketName) },
	} {
		t.Run(name, func(t *testing.T) {
			inBrowsers(t, func(t *testing.T, b *browser) { loadSPA(t, b.open(t), newSPASite(t, url(t))) })
		})
	}
}

func loadSPA(t *testing.T, p tab, s *spaSite) {
	t.Helper()
	is := func(script, want string) {
		t.Helper()
		eventually(p, t, script+" === "+strconv.Quote(want))
	}
	color := `getComputedStyle(document.getElementById("p")).color`
	status := func(path, accept string) int {
		t.Helper()
		var got int
		require.NoError(t, p.eval(`fetch("`+path+`", {headers: {accept: "`+accept+`"}}).then(r => r.status)`, &got))
		return got
	}

	// A deep link is a navigation: the application starts with its modules and styles.
	require.NoError(t, p.navigate(s.URL+"/users/7"))
	is("document.title", "page of /users/7")
	is(color, "rgb(0, 128, 0)")
	s.expect(t, served{"/users/7", 200, ""}, served{"/assets/style-7c3e1d2f.css", 200, ""},
		served{"/assets/app-5f2a9c1e.js", 200, "gzip"}, served{"/assets/page-0a1b2c3d.js", 200, ""})

	// Another page of the application: assets come from the browser's cache.
	require.NoError(t, p.navigate(s.URL+"/users/8"))
	is("document.title", "page of /users/8")
	s.expect(t, served{"/users/8", 200, ""})

	// Pages of their own have one address, and their relative links resolve.
	require.NoError(t, p.navigate(s.URL+"/about.html?a=1"))
	is("document.title", "about")
	is("location.pathname + location.search", "/about?a=1")
	is(`document.querySelector("a").href`, s.URL+"/blog/")
	require.NoError(t, p.navigate(s.URL+"/blog"))
	is("location.pathname", "/blog/")
	is(`document.querySelector("a").href`, s.URL+"/blog/first")
	require.NoError(t, p.navigate(s.URL+"/blog/first/"))
	is("location.pathname", "/blog/first")
	s.expect(t, served{"/about.html", 308, ""}, served{"/about", 200, ""}, served{"/blog", 308, ""}, served{"/blog/", 200, ""},
		served{"/blog/first/", 308, ""}, served{"/blog/first", 200, ""})

	// A missing path is a 404, unless the request is a navigation.
	assert.Equal(t, 404, status("/api/users", "application/json"))
	assert.Equal(t, 404, status("/assets/app-00112233.js", "*/*"))
	var failed bool
	require.NoError(t, p.eval(`import("/assets/app-00112233.js").then(() => false, () => true)`, &failed))
	assert.True(t, failed)
	require.NoError(t, p.navigate(s.URL+"/gone.html"))
	is("document.title", "missing!")
	is(color, "rgb(1, 2, 3)")

	s.mu.Lock()
	defer s.mu.Unlock()
	require.NotEmpty(t, s.requests)
	for _, n := range s.requests {
		assert.LessOrEqual(t, n, int64(1), "storage requests of a response")
	}
	if strings.Contains(t.Name(), "/s3/") {
		assert.Contains(t, s.requests, int64(1), "requests to S3 are counted")
	}
}
