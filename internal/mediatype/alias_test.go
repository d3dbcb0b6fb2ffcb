package mediatype_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

func TestW16AliasesOfInlineTypesAreThoseTypes(t *testing.T) {
	t.Parallel()
	for alias, want := range map[string]string{
		"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "Image/JPG": "image/jpeg", "image/x-png": "image/png",
		"image/x-icon": "image/vnd.microsoft.icon", "image/vnd.microsoft.icon": "image/vnd.microsoft.icon", "image/apng": "image/apng",
		"image/x-ms-bmp": "image/bmp", "audio/wave": "audio/wav", "audio/x-wav": "audio/wav", "audio/vnd.wave": "audio/wav",
		"audio/mp3": "audio/mpeg", "audio/x-flac": "audio/flac", "audio/x-m4a": "audio/mp4", "video/x-m4v": "video/mp4",
		"application/x-pdf": "application/pdf", "text/pdf": "application/pdf", "text/x-pdf; charset=utf-8": "application/pdf",
		"audio/x-wav; codecs=1": "audio/wav; codecs=1",
	} {
		assert.Equal(t, want, mediatype.Clean(alias), alias)
		assert.True(t, mediatype.Inline(alias), alias)
		assert.True(t, mediatype.Inline(want), want)
	}
	for _, other := range []string{"image/svg", "image/svg-xml", "application/x-html", "image/x-svg+xml"} {
		assert.False(t, mediatype.Inline(other), other)
	}
}
