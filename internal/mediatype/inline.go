package mediatype

// Inline reports whether a content type is one that a browser may be told to show. Its media
// type must be on a list of exact names, each of them data that runs nothing: a pattern such
// as image/* would let image/svg+xml through, which is a document with scripts. A value that
// cannot be parsed to the last parameter is not shown.
func Inline(contentType string) bool {
	kind, params, ok := parse(contentType)
	return ok && params != nil && shown[kind]
}

var shown = map[string]bool{
	"application/pdf": true,
	"text/plain":      true,

	"image/avif":               true,
	"image/bmp":                true,
	"image/gif":                true,
	"image/jpeg":               true,
	"image/png":                true,
	"image/vnd.microsoft.icon": true,
	"image/webp":               true,

	"audio/aac":      true,
	"audio/flac":     true,
	"audio/mp4":      true,
	"audio/mpeg":     true,
	"audio/ogg":      true,
	"audio/vnd.wave": true,
	"audio/wav":      true,
	"audio/webm":     true,
	"audio/x-m4a":    true,
	"audio/x-wav":    true,

	"video/3gpp":      true,
	"video/mp4":       true,
	"video/mpeg":      true,
	"video/ogg":       true,
	"video/quicktime": true,
	"video/webm":      true,
	"video/x-m4v":     true,
}
