package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each inline type that does not play is shown as a page and within one, and once more after a 304.
func TestH1StillContentIsShown(t *testing.T) {
	inBrowsers(t, func(t *testing.T, b *browser) {
		s := newSite(t)
		tags := map[string]string{"a.png": "img", "a.gif": "img", "a.jpg": "img"}
		ready := map[string]string{
			"a.txt":  `document.body.innerText.includes("Grüße, 日本")`,
			"a.pdf":  `document.contentType === "application/pdf"`,
			"a.svg":  `document.documentElement.tagName === "svg" && !document.documentElement.hasAttribute("data-ran")`,
			"a.html": `document.body.innerText.includes("text") && !document.documentElement.hasAttribute("data-ran")`,
		}
		for _, o := range stills(t) {
			t.Run(o.key, func(t *testing.T) {
				s.store(t, o)
				tag, script := tags[o.key], ready[o.key]
				if script == "" {
					script = `document.images[0].naturalWidth === 400`
				}
				if tag == "" {
					tag = "iframe"
				}
				green := o.key != "a.txt" && o.key != "a.pdf"
				show := func(name string) {
					p := b.open(t)
					require.NoError(t, p.navigate(s.URL+"/files/"+o.key))
					eventually(p, t, script)
					painted(p, t, name+" as a page", green)
					require.NoError(t, p.navigate(s.URL+"/in/"+tag+"/"+o.key))
					painted(p, t, name+" in a page", green)
				}
				show("first")
				show("revalidated")
				status := func(want int) []response {
					return s.matching(func(r response) bool { return r.path == "/files/"+o.key && r.status == want })
				}
				assert.NotEmpty(t, status(http.StatusOK))
				assert.NotEmpty(t, status(http.StatusNotModified))
			})
		}
	})
}

// Sound and film play as a page and within one, and seek.
func TestH1MediaPlays(t *testing.T) {
	inBrowsers(t, func(t *testing.T, b *browser) {
		s := newSite(t)
		for name, c := range map[string]struct {
			object func(t *testing.T) object
			tag    string
		}{
			"wav": {func(*testing.T) object { return object{"a.wav", "audio/x-wav", wave(2)} }, "audio"},
			"webm": {func(t *testing.T) object {
				return film(t, "a.webm", "video/webm", fmt.Sprintf(record, "video/webm;codecs=vp8"))
			}, "video"},
			"mp4": {func(t *testing.T) object {
				return film(t, "a.mp4", "video/mp4", fmt.Sprintf(record, "video/mp4;codecs=vp9"))
			}, "video"},
		} {
			t.Run(name, func(t *testing.T) {
				o := c.object(t)
				s.store(t, o)
				within := object{"in-" + o.key, o.contentType, o.content} // at a URL that the page has not cached
				s.store(t, within)
				for _, round := range []string{"first", "again"} {
					p := b.open(t)
					if b.showsAsPage(o.key) {
						require.NoError(t, p.navigate(s.URL+"/files/"+o.key))
						plays(p, t)
						if c.tag == "video" {
							seeks(p, t, "0.5")
						}
						shot(p, t, round+" as a page")
					}
					require.NoError(t, p.navigate(s.URL+"/in/"+c.tag+"/"+within.key))
					plays(p, t)
					painted(p, t, round+" in a page", c.tag == "video")
				}
				assert.NotEmpty(t, s.matching(func(r response) bool {
					return r.path == "/files/"+within.key && r.status == http.StatusPartialContent
				}), "a 206")
			})
		}
	})
}

// A seek beyond the buffered part requests a range that starts there.
func TestH1SeekRequestsARange(t *testing.T) {
	inBrowsers(t, func(t *testing.T, b *browser) {
		s := newSite(t)
		s.store(t, object{"long.wav", "audio/wav", wave(240)})
		for _, path := range []string{"/files/long.wav", "/in/video/long.wav"} {
			if strings.HasPrefix(path, "/files") && !b.showsAsPage(path) {
				continue
			}
			p := b.open(t)
			require.NoError(t, p.navigate(s.URL+path))
			plays(p, t)
			seeks(p, t, "200")
			require.Eventually(t, func() bool { // a response is recorded when it has ended
				return len(s.matching(func(r response) bool { return r.status == http.StatusPartialContent && r.byteRange != "bytes=0-" })) > 0
			}, 20*time.Second, 50*time.Millisecond, path)
			s.mu.Lock()
			s.responses = nil
			s.mu.Unlock()
		}
	})
}

// showsAsPage reports whether the browser shows a file that is not embedded. Firefox saves WAV files, with any header.
func (b *browser) showsAsPage(path string) bool {
	return b != firefox || !strings.HasSuffix(path, ".wav")
}

const player = `document.querySelector("video, audio")`

// plays requires that the page's player decodes and advances.
func plays(p tab, t *testing.T) {
	t.Helper()
	eventually(p, t, player+` !== null`)
	eventually(p, t, `(p => { p.muted = true; if (p.paused) p.play().catch(() => {}); return p.error === null && p.readyState >= 2 && p.currentTime > 0 })(`+player+`)`)
}

// seeks requires that the page's player reaches a time, in seconds.
func seeks(p tab, t *testing.T, seconds string) {
	t.Helper()
	eventually(p, t, `(p => p.seekable.length > 0 && p.seekable.end(0) >= `+seconds+`)(`+player+`)`)
	var done bool
	require.NoError(t, p.eval(`(p => { p.pause(); p.currentTime = `+seconds+`; return true })(`+player+`)`, &done))
	eventually(p, t, `(p => !p.seeking && p.error === null && p.readyState >= 2 && p.currentTime >= `+seconds+`)(`+player+`)`)
}
