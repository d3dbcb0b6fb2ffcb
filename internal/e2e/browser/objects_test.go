package browser_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// object is a file of one inline type.
type object struct {
	key, contentType string
	content          []byte
}

const (
	activeSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#00aa00"/>` +
		`<script>document.documentElement.setAttribute("data-ran", "1")</script></svg>`
	activeHTML = `<!doctype html><style>body{background:#00aa00}</style><p>text</p>` +
		`<script>document.documentElement.setAttribute("data-ran", "1")</script>`
)

// stills returns one object for each type that does not play.
func stills(t *testing.T) []object {
	t.Helper()
	pdf, err := os.ReadFile("../../../examples/gateway/sample/report.pdf")
	require.NoError(t, err)
	return []object{
		{"a.png", "image/png", picture(t, func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) })},
		{"a.gif", "image/gif", picture(t, func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) })},
		{"a.jpg", "image/jpg", picture(t, func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })},
		{"a.txt", "text/plain", []byte("Grüße, 日本\n")},
		{"a.pdf", "application/x-pdf", pdf},
		{"a.svg", "image/svg+xml", []byte(activeSVG)},
		{"a.html", "text/html", []byte(activeHTML)},
	}
}

func picture(t *testing.T, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 400, 300), color.Palette{color.RGBA{0, 0xaa, 0, 0xff}})
	var b bytes.Buffer
	require.NoError(t, encode(&b, m))
	return b.Bytes()
}

// wave returns a sound of some seconds: 16 bits, stereo, 44.1 kHz.
func wave(seconds int) []byte {
	const rate, frame = 44100, 4
	n := uint32(seconds * rate * frame)
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00")
	binary.LittleEndian.PutUint32(b[4:], 36+n)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*frame)
	b = append(b, frame, 0, 16, 0)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, n)
	return append(b, make([]byte, n)...)
}

// record makes a short film of a media type that the browser can encode.
const record = `new Promise((resolve, reject) => {
	const type = %q
	if (!MediaRecorder.isTypeSupported(type)) return resolve("")
	const canvas = document.createElement("canvas")
	canvas.width = 320; canvas.height = 240
	const c = canvas.getContext("2d")
	let n = 0
	const draw = () => { c.fillStyle = n++ %% 2 ? "#00aa00" : "#00bb00"; c.fillRect(0, 0, 320, 240) }
	draw()
	const timer = setInterval(draw, 40)
	const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: type})
	const parts = []
	recorder.ondataavailable = e => parts.push(e.data)
	recorder.onerror = e => reject(e.error)
	recorder.onstop = () => {
		clearInterval(timer)
		const r = new FileReader()
		r.onload = () => resolve(r.result.split(",")[1])
		r.readAsDataURL(new Blob(parts))
	}
	recorder.start(100)
	setTimeout(() => recorder.stop(), 2000)
})`

// film returns a video of two seconds, recorded by the first browser that can, or skips the test.
func film(t *testing.T, key, contentType, script string) object {
	t.Helper()
	for _, b := range []*browser{chromium, firefox} {
		if b.missing != "" {
			continue
		}
		p := b.open(t)
		require.NoError(t, p.navigate(newSite(t).URL+"/in/p/x"))
		var encoded string
		require.NoError(t, p.eval(script, &encoded))
		if encoded == "" {
			continue
		}
		content, err := base64.StdEncoding.DecodeString(encoded)
		require.NoError(t, err)
		require.NotEmpty(t, content)
		return object{key, contentType, content}
	}
	t.Skip("no installed browser encodes " + contentType)
	return object{}
}
