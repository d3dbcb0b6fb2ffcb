package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The two pictures of the documentation are artefacts of this test.
func TestPicturesOfTheDocumentation(t *testing.T) {
	gateway := startGateway(t)
	b := newTab(t)
	require.NoError(t, chromedp.Do(b, chromedp.EmulateViewport(1100, 900)))
	b.open(t, gateway+bucket)
	b.eventually(t, `document.readyState === "complete" && document.querySelectorAll(".intro p").length === 3`)
	assert.True(t, evaluate[bool](t, b, `[...document.querySelectorAll(".intro p")].
		every(p => p.offsetHeight < 1.8 * parseFloat(getComputedStyle(p).lineHeight))`), "the introduction has three lines")
	b.click(t, `tr[data-file$="report.pdf"] [data-measure]`)
	b.eventually(t, `document.querySelector('tr[data-file$="report.pdf"] [data-how]').textContent.startsWith("Streamed by the gateway")`)
	b.click(t, `input[value="pictures/"]`)
	b.shot(t, "gateway-light")

	_, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(b, chromedp.EmulateViewport(1100, 1040)))
	b.open(t, gateway+bucket+"pictures/dusk.jpg")
	b.eventually(t, `document.querySelector(".preview img")?.naturalWidth === 1200`)
	b.click(t, "[data-measure]")
	b.eventually(t, `document.querySelector(".measured") !== null`)
	evaluate[any](t, b, `document.activeElement.blur(); scrollTo(0, 0)`)
	b.shot(t, "gateway-dark")

	readme, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	require.NoError(t, err)
	for _, name := range []string{"docs/gateway-light.png", "docs/gateway-dark.png"} {
		assert.Contains(t, string(readme), name)
		picture, err := os.Stat(filepath.Join(moduleRoot, name))
		require.NoError(t, err)
		assert.Less(t, picture.Size(), int64(150_000), name)
	}
}
