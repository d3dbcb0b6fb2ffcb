package mediatype

import "strings"

// Inline reports whether a browser may show a Content-Type inline. The media type must be on an exact list of types
// that run no code, or be an alias of one. A pattern such as image/* would include image/svg+xml, a document with scripts. A value with an
// invalid parameter is not inline.
func Inline(contentType string) bool {
	kind, params, ok := parse(contentType)
	return ok && params != nil && shown[canonical(kind)]
}

// IsPDF reports whether a Content-Type is that of PDF, or an alias.
func IsPDF(contentType string) bool {
	kind, _, ok := parse(contentType)
	return ok && canonical(kind) == "application/pdf"
}

// Plays reports whether a Content-Type is sound or film.
func Plays(contentType string) bool {
	kind, _, ok := parse(contentType)
	return ok && (strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/"))
}

var shown = map[string]bool{
	"application/pdf": true,
	"text/plain":      true,

	"image/apng":               true,
	"image/avif":               true,
	"image/bmp":                true,
	"image/gif":                true,
	"image/jpeg":               true,
	"image/png":                true,
	"image/vnd.microsoft.icon": true,
	"image/webp":               true,

	"audio/aac":  true,
	"audio/flac": true,
	"audio/mp4":  true,
	"audio/mpeg": true,
	"audio/ogg":  true,
	"audio/wav":  true,
	"audio/webm": true,

	"video/3gpp":      true,
	"video/mp4":       true,
	"video/mpeg":      true,
	"video/ogg":       true,
	"video/quicktime": true,
	"video/webm":      true,
}
