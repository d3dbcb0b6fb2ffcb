package browser_test

import (
	"bytes"
	"context"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newTab returns a tab, which is closed after the test.
func newTab(t *testing.T) context.Context {
	t.Helper()
	if missing != "" {
		t.Skip(missing)
	}
	tab, closeTab := chromedp.NewContext(chromium)
	t.Cleanup(closeTab)
	limited, cancel := context.WithTimeout(tab, time.Minute)
	t.Cleanup(cancel)
	return limited
}

// eventually requires that a script becomes true in the tab.
func eventually(tab context.Context, t *testing.T, script string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		got, err := chromedp.Run(tab, chromedp.Evaluate[bool](script))
		require.NoError(c, err)
		assert.True(c, got, script)
	}, 20*time.Second, 100*time.Millisecond)
}

// shot keeps a screenshot as an artefact of the test.
func shot(tab context.Context, t *testing.T, name string) []byte {
	t.Helper()
	b, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), b, 0o600))
	return b
}

// painted requires that a screenshot shows a colour within the first 400 by 300 pixels, or any content if it is nil.
func painted(tab context.Context, t *testing.T, name string, want color.Color) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		m, err := png.Decode(bytes.NewReader(shot(tab, t, name)))
		require.NoError(c, err)
		colours := map[color.RGBA]int{}
		for y := range 300 {
			for x := range 400 {
				r, g, b, _ := m.At(x, y).RGBA()
				colours[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}]++
			}
		}
		if want == nil {
			assert.Greater(c, len(colours), 2, "a blank page")
			return
		}
		near := 0
		for colour, n := range colours {
			if isNear(colour, want) {
				near += n
			}
		}
		assert.Greater(c, near, 300*400/4, "the content's colour")
	}, 20*time.Second, 200*time.Millisecond)
}

// isNear reports whether two colours differ by no more than compression changes them.
func isNear(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	for _, d := range [...]int{int(ar>>8) - int(br>>8), int(ag>>8) - int(bg>>8), int(ab>>8) - int(bb>>8)} {
		if d < -40 || d > 40 {
			return false
		}
	}
	return true
}
