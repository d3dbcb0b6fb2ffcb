package page_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// axe returns the script of axe-core, which checks a page's accessibility.
func axe(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DOWNLOADVIEW_AXE")
	if dir == "" {
		dir = filepath.Join(moduleRoot, ".cache", "axe")
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		installed.Missing(t, "axe-core is not installed (npm package axe-core, by make servers)")
	}
	return string(script)
}

// light, dark, narrow and without JavaScript: no serious fault of accessibility, and nothing wider than the window.
func TestEveryLookIsAccessible(t *testing.T) {
	check := axe(t)
	gateway := startGateway(t)
	file := startGateway(t, "-bucket", "a=file://"+directory(t), "-bucket", "b=file://"+t.TempDir())
	pages := map[string]string{
		"root": gateway + bucket, "folder": gateway + bucket + "pictures/", "odd": gateway + bucket + "odd%20names/",
		"video": gateway + bucket + "media/day.webm", "text": gateway + bucket + "readme.txt", "pdf": gateway + bucket + "report.pdf",
		"audio": gateway + bucket + "media/bell.ogg", "none": gateway + bucket + "empty.dat", "missing": gateway + bucket + "gone",
		"buckets": file + "/", "empty": file + "/b/b/", "filtered": file + "/b/a/?begins=zzz",
		"long": file + "/b/a/",
	}
	for look, prepare := range map[string]func(t *testing.T, b *tab){
		"light": func(*testing.T, *tab) {},
		"dark": func(t *testing.T, b *tab) {
			_, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
			})
			require.NoError(t, err)
		},
		"narrow": func(t *testing.T, b *tab) {
			require.NoError(t, chromedp.Do(b, chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile)))
		},
		"without JavaScript": func(t *testing.T, b *tab) {
			_, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			require.NoError(t, err)
		},
	} {
		t.Run(look, func(t *testing.T) {
			b := newTab(t)
			prepare(t, b)
			for name, url := range pages {
				if look == "dark" && !slices.Contains([]string{"root", "text", "missing", "buckets"}, name) {
					continue
				}
				b.open(t, url)
				b.shot(t, name)
				if look == "light" || look == "dark" || look == "narrow" && name == "root" {
					faults := evaluate[[]string](t, b, check+`;axe.run({iframes: false}).then(r => r.violations.
						filter(v => v.impact === "serious" || v.impact === "critical").
						map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 100)).join(" | ")))`, chromedp.EvalAwaitPromise)
					assert.Empty(t, faults, name)
				}
				assert.True(t, evaluate[bool](t, b, `document.documentElement.scrollWidth <= innerWidth`), "%s is wider than the window", name)
				if name == "missing" {
					b.forgive() // the 404
				}
			}
		})
	}
}

// Browsing, sorting, filtering and downloading need no script.
func TestWithoutJavaScript(t *testing.T) {
	b := newTab(t)
	_, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	b.open(t, startGateway(t)+"/")
	b.click(t, `a[href="`+bucket+`pictures/"]`)
	b.eventually(t, `document.querySelectorAll("tbody tr").length === 4`)
	b.click(t, `th.size a`)
	b.eventually(t, `document.querySelector("tbody a")?.textContent === "disc.png"`)
	b.click(t, `input[value="noon.jpg"]`)
	b.click(t, `input[value="dawn.jpg"]`)
	b.click(t, "#zip")
	unpacked(t, b.downloaded(t, "pictures (2 selected).zip"), "pictures/", "noon.jpg", "dawn.jpg")
	b.click(t, `a[aria-label="Download disc.png"]`)
	assert.Equal(t, objects(t)["pictures/disc.png"], b.downloaded(t, "disc.png"))
	assert.False(t, evaluate[bool](t, b, `[...document.querySelectorAll("[data-measure], [data-sign], #all")].some(e => e.checkVisibility())`),
		"nothing is offered that needs a script")
	require.NoError(t, chromedp.Do(b, chromedp.SendKeys(chromedp.CSS("#begins"), "no\r")))
	b.eventually(t, `document.querySelectorAll("tbody tr").length === 1`)
	b.click(t, "tbody th a")
	b.eventually(t, `document.querySelector(".preview img")?.naturalWidth === 1200`)
}

// The keyboard alone reaches a file, from the first link of the page.
func TestKeyboard(t *testing.T) {
	b := newTab(t)
	b.open(t, startGateway(t)+bucket+"pictures/")
	b.eventually(t, `document.readyState === "complete"`)
	for range 40 {
		require.NoError(t, chromedp.Do(b, chromedp.KeyEvent("\t")))
		if evaluate[bool](t, b, `document.activeElement.textContent === "dawn.jpg"`) {
			break
		}
	}
	assert.NotEqual(t, "none", evaluate[string](t, b, `getComputedStyle(document.activeElement).outlineStyle`), "the focus is visible")
	require.NoError(t, chromedp.Do(b, chromedp.KeyEvent("\r")))
	b.eventually(t, `location.pathname.endsWith("dawn.jpg")`)
}
