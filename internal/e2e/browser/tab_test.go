package browser_test

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// eventually requires that a script becomes true in the tab.
func eventually(p tab, t *testing.T, script string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var got bool
		require.NoError(c, p.eval(script, &got))
		assert.True(c, got, script)
	}, 20*time.Second, 100*time.Millisecond)
}

// shot keeps a screenshot as an artefact of the test.
func shot(p tab, t *testing.T, name string) []byte {
	t.Helper()
	b, err := p.screenshot()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), b, 0o600))
	return b
}

// painted requires that a screenshot shows the green of the content within the first 400 by 300 pixels, or, if the content
// is not green, any content.
func painted(p tab, t *testing.T, name string, green bool) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		m, err := png.Decode(bytes.NewReader(shot(p, t, name)))
		require.NoError(c, err)
		colours := map[color.RGBA]int{}
		for y := range 300 {
			for x := range 400 {
				r, g, b, _ := m.At(x, y).RGBA()
				colours[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}]++
			}
		}
		if !green {
			assert.Greater(c, len(colours), 2, "a blank page")
			return
		}
		n := 0
		for colour, pixels := range colours {
			if isGreen(colour) {
				n += pixels
			}
		}
		assert.Greater(c, n, 300*400/4, "green pixels")
	}, 20*time.Second, 200*time.Millisecond)
}

// isGreen allows for what compression, and the conversion of a video's colours, change of #00aa00.
func isGreen(c color.RGBA) bool { return c.G >= 0x80 && c.R <= 0x40 && c.B <= 0x40 }
