package mediatype

// canonical returns the media type that an unregistered or obsolete name stands for, or kind itself. Only types of the
// inline list have aliases here: browsers download most of these names instead of showing the content.
func canonical(kind string) string {
	if c, ok := aliases[kind]; ok {
		return c
	}
	return kind
}

var aliases = map[string]string{
	"application/acrobat": "application/pdf",
	"application/vnd.pdf": "application/pdf",
	"application/x-pdf":   "application/pdf",
	"text/pdf":            "application/pdf",
	"text/x-pdf":          "application/pdf",

	"image/ico":              "image/vnd.microsoft.icon",
	"image/icon":             "image/vnd.microsoft.icon",
	"image/jpg":              "image/jpeg",
	"image/pjpeg":            "image/jpeg",
	"image/vnd.mozilla.apng": "image/apng",
	"image/x-bmp":            "image/bmp",
	"image/x-icon":           "image/vnd.microsoft.icon",
	"image/x-jpeg":           "image/jpeg",
	"image/x-jpg":            "image/jpeg",
	"image/x-ms-bmp":         "image/bmp",
	"image/x-png":            "image/png",
	"image/x-webp":           "image/webp",
	"image/x-windows-bmp":    "image/bmp",

	"audio/aacp":        "audio/aac",
	"audio/m4a":         "audio/mp4",
	"audio/mp3":         "audio/mpeg",
	"audio/mpeg3":       "audio/mpeg",
	"audio/mpg":         "audio/mpeg",
	"audio/vnd.wave":    "audio/wav",
	"audio/wave":        "audio/wav",
	"audio/x-aac":       "audio/aac",
	"audio/x-flac":      "audio/flac",
	"audio/x-m4a":       "audio/mp4",
	"audio/x-mp3":       "audio/mpeg",
	"audio/x-mpeg":      "audio/mpeg",
	"audio/x-mpeg-3":    "audio/mpeg",
	"audio/x-mpg":       "audio/mpeg",
	"audio/x-ogg":       "audio/ogg",
	"audio/x-pn-wav":    "audio/wav",
	"audio/x-wav":       "audio/wav",
	"audio/x-wave":      "audio/wav",
	"video/3gp":         "video/3gpp",
	"video/m4v":         "video/mp4",
	"video/mpg":         "video/mpeg",
	"video/x-m4v":       "video/mp4",
	"video/x-mp4":       "video/mp4",
	"video/x-mpeg":      "video/mpeg",
	"video/x-mpg":       "video/mpeg",
	"video/x-ogg":       "video/ogg",
	"video/x-quicktime": "video/quicktime",
	"video/x-webm":      "video/webm",
}
