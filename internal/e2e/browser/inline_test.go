package browser_test

import (
	"context"
	"fmt"
	"image/color"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var green = color.RGBA{0, 0xaa, 0, 0xff}

// Each inline type that does not play is shown as a page and within one, and once more after a 304.
func TestH1StillContentIsShown(t *testing.T) {
	if missing != "" {
		t.Skip(missing)
	}
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
			tag, script, colour := tags[o.key], ready[o.key], color.Color(green)
			if script == "" {
				script = `document.images[0].naturalWidth === 400`
			}
			if tag == "" {
				tag = "iframe"
			}
			if o.key == "a.txt" || o.key == "a.pdf" {
				colour = nil
			}
			show := func(name string) {
				tab := newTab(t)
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.URL+"/files/"+o.key)))
				eventually(tab, t, script)
				painted(tab, t, name+" as a page", colour)
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.URL+"/in/"+tag+"/"+o.key)))
				painted(tab, t, name+" in a page", colour)
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
}

// Sound and film play as a page and within one, and seek.
func TestH1MediaPlays(t *testing.T) {
	if missing != "" {
		t.Skip(missing)
	}
	s := newSite(t)
	for name, c := range map[string]struct {
		object func(t *testing.T) object
		tag    string
	}{
		"wav": {func(*testing.T) object { return object{"a.wav", "audio/x-wav", wave(2)} }, "audio"},
		"webm": {func(t *testing.T) object {
			return film(t, s, "a.webm", "video/webm", fmt.Sprintf(record, "video/webm;codecs=vp8"))
		}, "video"},
		"mp4": {func(t *testing.T) object {
			return film(t, s, "a.mp4", "video/mp4", fmt.Sprintf(record, "video/mp4;codecs=vp9"))
		}, "video"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.object(t)
			s.store(t, o)
			within := object{"in-" + o.key, o.contentType, o.content} // at a URL that the page has not cached
			s.store(t, within)
			for _, round := range []string{"first", "again"} {
				tab := newTab(t)
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.URL+"/files/"+o.key)))
				plays(tab, t)
				colour := color.Color(green)
				if c.tag == "audio" {
					colour = nil
				} else {
					seeks(tab, t, "0.5")
				}
				shot(tab, t, round+" as a page")
				require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.URL+"/in/"+c.tag+"/"+within.key)))
				plays(tab, t)
				painted(tab, t, round+" in a page", colour)
			}
			assert.NotEmpty(t, s.matching(func(r response) bool {
				return r.path == "/files/"+within.key && r.status == http.StatusPartialContent
			}), "a 206")
		})
	}
}

// A seek beyond the buffered part requests a range that starts there.
func TestH1SeekRequestsARange(t *testing.T) {
	if missing != "" {
		t.Skip(missing)
	}
	s := newSite(t)
	s.store(t, object{"long.wav", "audio/wav", wave(240)})
	for _, path := range []string{"/files/long.wav", "/in/video/long.wav"} {
		tab := newTab(t)
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(s.URL+path)))
		plays(tab, t)
		seeks(tab, t, "200")
		assert.NotEmpty(t, s.matching(func(r response) bool {
			return r.status == http.StatusPartialContent && r.byteRange != "bytes=0-"
		}), path)
		s.mu.Lock()
		s.responses = nil
		s.mu.Unlock()
	}
}

const player = `document.querySelector("video, audio")`

// plays requires that the page's player decodes and advances.
func plays(tab context.Context, t *testing.T) {
	t.Helper()
	eventually(tab, t, player+` !== null`)
	eventually(tab, t, `(p => { p.muted = true; if (p.paused) p.play().catch(() => {}); return p.error === null && p.readyState >= 2 && p.currentTime > 0 })(`+player+`)`)
}

// seeks requires that the page's player reaches a time, in seconds.
func seeks(tab context.Context, t *testing.T, seconds string) {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.Evaluate[chromedp.Void](`(p => { p.pause(); p.currentTime = `+seconds+` })(`+player+`)`)))
	eventually(tab, t, `(p => !p.seeking && p.error === null && p.readyState >= 2 && p.currentTime >= `+seconds+`)(`+player+`)`)
}
