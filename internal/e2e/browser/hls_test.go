package browser_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/storagetest/servers"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

// segments is the number of segments of the playlist, each of about a second.
const segments = 10

// nginxOfGrants proxies the application, and fetches private objects by the application's signed URLs.
const nginxOfGrants = `{{template "main" .}}
http {
	{{template "http" .}}
	server {
		listen {{.Listen}};
		location / { proxy_pass http://{{.Data.App}}; proxy_set_header Host $http_host; proxy_buffer_size 16k; proxy_buffers 8 16k; }
		location = /_url {
			internal;
			set $url $args;
			set $range $upstream_http_x_blob_range;
			proxy_pass $url;
			proxy_set_header Host $proxy_host;
			proxy_set_header Range $range;
			proxy_pass_request_headers off;
			proxy_buffer_size 64k;
			proxy_buffers 16 64k;
			add_header X-Sent-By nginx;
		}
	}
}`

// hlsPage plays the playlist of its query with hls.js.
const hlsPage = `<!doctype html><title>player</title><audio id="a" muted controls></audio><script src="/hls.js"></script><script>
const a = document.querySelector("audio"), failures = []
const hls = new Hls({enableWorker: false, fragLoadingMaxRetry: 0, manifestLoadingMaxRetry: 0, xhrSetup: x => { x.withCredentials = true }})
hls.on(Hls.Events.ERROR, (_, d) => { if (d.fatal || d.response) failures.push(d.details + " " + (d.response ? d.response.code : "")) })
hls.loadSource(new URLSearchParams(location.search).get("src"))
hls.attachMedia(a)
a.addEventListener("canplay", () => { a.playbackRate = 4; a.play() })
</script>`

// TestGrantPlaysHLS plays ten segments of a private bucket to the end, and requests those of a neighbour.
func TestGrantPlaysHLS(t *testing.T) {
	chromium.require(t)
	library := hlsLibrary(t)
	s3 := s3server.Start(t)
	bucket := s3.Bucket(t)
	for _, course := range []string{"course/7/", "course/70/"} {
		storeHLS(t, bucket, course)
	}
	anonymous, err := http.Get(s3.Endpoint + "/" + s3server.BucketName + "/course/7/hls/0.mp3")
	require.NoError(t, err)
	require.NoError(t, anonymous.Body.Close())
	require.Equal(t, http.StatusForbidden, anonymous.StatusCode, "the bucket is private")
	films, err := blobdownload.OpenStorage(t.Context(), "films="+s3.URL(s3server.BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { _ = films.Bucket.Close() })

	for _, c := range []struct {
		name      string
		optimizer blobdownload.Optimizer
		cookie    bool
	}{
		{"streamed, link", nil, false},
		{"streamed, cookie", nil, true},
		{"nginx, link", &proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true}, false},
		{"nginx, cookie", &proxy.XAccelPresigned{Location: "/_url", AllowHTTP: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newGrantSite(t, films, c.optimizer, library)
			tab := chromium.open(t)
			src := p.address(t, "course/7/", c.cookie)
			require.NoError(t, tab.navigate(p.url+"/page?src="+src))
			eventually(tab, t, `a.ended`)
			var failures string
			require.NoError(t, tab.eval(`failures.join()`, &failures))
			assert.Empty(t, failures)
			var duration float64
			require.NoError(t, tab.eval(`a.currentTime`, &duration))
			assert.InDelta(t, segments*secondsOfASegment, duration, 1, "the whole film")
			for i := range segments {
				assert.Contains(t, p.served(), fmt.Sprintf("course/7/hls/%d.mp3", i))
			}

			neighbour := `fetch("` + p.neighbour(src) + `", {credentials: "include"}).then(r => r.status)`
			var status int
			require.NoError(t, tab.eval(neighbour, &status))
			assert.Equal(t, http.StatusForbidden, status, "%s", neighbour)
			assert.NotContains(t, strings.Join(p.served(), " "), "course/70/")
			if c.optimizer != nil {
				assert.Equal(t, len(p.served()), p.offloaded(), "nginx sends every object")
			}
		})
	}
}

func hlsLibrary(t *testing.T) []byte {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", "..", ".cache", "hls", "node_modules", "hls.js", "dist", "hls.min.js"))
	if err == nil {
		return script
	}
	installed.Missing(t, "hls.js is not installed (npm package hls.js, by make servers)")
	return nil
}

// secondsOfASegment is the length of framesOfASegment frames of 1152 samples at 44.1 kHz.
const (
	framesOfASegment  = 38
	secondsOfASegment = framesOfASegment * 1152 / 44100.0
)

// storeHLS stores a playlist with relative URLs, and its segments of silent MP3.
func storeHLS(t *testing.T, bucket *blob.Bucket, prefix string) {
	t.Helper()
	frame := make([]byte, 417) // 128 kbit/s, 44.1 kHz, stereo; side information of zeros is silence
	copy(frame, "\xff\xfb\x90\x00")
	segment := []byte(strings.Repeat(string(frame), framesOfASegment))
	playlist := "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n"
	for i := range segments {
		playlist += fmt.Sprintf("#EXTINF:%.5f,\nhls/%d.mp3\n", secondsOfASegment, i)
		require.NoError(t, bucket.WriteAll(t.Context(), fmt.Sprintf("%shls/%d.mp3", prefix, i), segment, &blob.WriterOptions{ContentType: "audio/mpeg"}))
	}
	require.NoError(t, bucket.WriteAll(t.Context(), prefix+"index.m3u8", []byte(playlist+"#EXT-X-ENDLIST\n"),
		&blob.WriterOptions{ContentType: "application/vnd.apple.mpegurl"}))
}

// grantSite is a site with a page that plays, and the granted objects of a storage under /play/.
type grantSite struct {
	*site
	url    string
	signer *blobdownload.Signer
	cookie *http.Cookie
	sent   []blobdownload.Result
}

func newGrantSite(t *testing.T, films *blobdownload.Storage, o blobdownload.Optimizer, library []byte) *grantSite {
	t.Helper()
	p := &grantSite{site: &site{}}
	var err error
	p.signer, err = blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: make([]byte, 32)}}, URL: "http://127.0.0.1/play/",
	})
	require.NoError(t, err)
	server := &blobdownload.Server{Optimizer: o, Logger: slog.New(slog.DiscardHandler), Observe: func(_ *http.Request, r blobdownload.Result) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent = append(p.sent, r)
	}}
	mux := http.NewServeMux()
	mux.Handle("/play/", p.signer.RequireGrant(server.Handler(blobdownload.GrantView(films))))
	mux.HandleFunc("/hls.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(library)
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		if p.cookie != nil {
			http.SetCookie(w, p.cookie)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(hlsPage))
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.url = p.URL
	if o != nil {
		app := map[string]string{"App": p.Listener.Addr().String()}
		p.url = servers.Nginx(t, servers.Config{Text: nginxOfGrants, Data: app}).URL
	}
	return p
}

// address returns the path of a playlist with the grant in it, or of one that needs the cookie of the page.
func (p *grantSite) address(t *testing.T, prefix string, cookie bool) string {
	t.Helper()
	g := blobdownload.Grant{Store: "films", Prefix: prefix, Expires: time.Now().Add(time.Hour)}
	var err error
	if cookie {
		p.cookie, err = p.signer.SignGrantCookie(g)
		require.NoError(t, err)
		return "/play/" + prefix + "index.m3u8"
	}
	link, err := p.signer.SignGrant(g, prefix+"index.m3u8")
	require.NoError(t, err)
	return strings.TrimPrefix(link, "http://127.0.0.1")
}

// neighbour returns the path of a segment whose prefix begins with that of the grant.
func (p *grantSite) neighbour(src string) string {
	if p.cookie != nil {
		return "/play/course/70/hls/0.mp3"
	}
	return strings.TrimSuffix(src, "index.m3u8") + "..%2F70/hls/0.mp3"
}

// served returns the keys of the objects that have been sent.
func (p *grantSite) served() (keys []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.sent {
		keys = append(keys, r.Download.File.Location().Key)
	}
	return keys
}

func (p *grantSite) offloaded() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.sent {
		if r.Redirect != nil {
			n++
		}
	}
	return n
}
