package mediatype_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

func TestInline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, value string
		want      bool
	}{
		{"image", "image/png", true},
		{"text", "text/plain; charset=utf-8", true},
		{"document", "application/pdf", true},
		{"sound", "audio/mpeg", true},
		{"film", "video/mp4", true},
		{"film with codecs", `video/mp4; codecs="avc1.42E01E, mp4a.40.2"`, true},
		{"upper case", "Image/JPEG", true},
		{"CD16 hidden behind a parameter", "text/html;image/png", false},
		{"CD16 parameter that is none", "image/png;text/html", false},
		{"CD17 list", "image/png,text/html", false},
		{"CD18 vector image", "image/svg+xml", false},
		{"CD18 vector image in capitals", "IMAGE/SVG+XML", false},
		{"CD18 blank in front", " text/html", false},
		{"CD18 prefix", "image/pngx", false},
		{"CD18 any image", "image/x-unknown", false},
		{"CD18 any text", "text/csv", false},
		{"CD18 wildcard", "image/*", false},
		{"CD19 part of a list entry", "text/plain+html", false},
		{"CD29 line break", "image/png\r\nX: y", false},
		{"page", "text/html; charset=utf-8", false},
		{"octets", "application/octet-stream", false},
		{"empty", "", false},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, mediatype.Inline(c.value))
		})
	}
}

func TestInlineIsNeverActive(t *testing.T) {
	t.Parallel()
	for _, kind := range active {
		assert.False(t, mediatype.Inline(kind), kind)
		assert.False(t, mediatype.Inline(mediatype.Clean(kind)), kind)
	}
}

// active are types that browsers run, apply or open with a plug-in.
var active = []string{
	"text/html", "text/xml", "text/xsl", "text/css", "text/javascript", "text/vbscript", "text/cache-manifest",
	"application/xhtml+xml", "application/xml", "application/mathml+xml", "application/xslt+xml", "image/svg+xml",
	"application/javascript", "application/ecmascript", "application/x-javascript", "application/wasm",
	"application/postscript", "application/x-shockwave-flash", "application/java-archive",
	"multipart/x-mixed-replace", "multipart/related", "message/rfc822",
}

func isActive(kind string) bool {
	if slices.Contains(active, kind) {
		return true
	}
	return strings.HasSuffix(kind, "+xml")
}
