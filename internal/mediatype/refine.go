package mediatype

import (
	"slices"
	"strings"
)

// refined returns the media type by name, if a stored one is a format on which it is built, and else "". A writer that
// detects types by the first bytes sees the format alone: a document is application/zip, and a table text/plain.
func refined(stored, name string) string {
	detects := detected[stored]
	if detects == nil {
		return ""
	}
	kind, _, _ := strings.Cut(ByName(name), ";")
	if kind == "" || kind == stored || !detects(kind) {
		return ""
	}
	return kind
}

// detected maps the types that such writers store to the types that are built on them.
var detected = map[string]func(kind string) bool{
	"text/plain":                   isTextual,
	"text/xml":                     isXMLBased,
	"application/xml":              isXMLBased,
	"application/json":             isJSONBased,
	"text/json":                    isJSONBased,
	"application/zip":              isZipBased,
	"application/x-zip":            isZipBased,
	"application/x-zip-compressed": isZipBased,
	"application/x-ole-storage":    isOLEBased,
	"application/vnd.ms-office":    isOLEBased,
	"application/ogg":              oneOf("audio/ogg", "video/ogg"),
	"video/ogg":                    oneOf("audio/ogg"),
	"video/mp4":                    oneOf("audio/mp4"),
	"video/webm":                   oneOf("audio/webm"),
}

func isTextual(kind string) bool {
	switch kind {
	case "application/javascript", "application/toml", "application/yaml", "application/x-ndjson", "application/rtf",
		"application/postscript", "application/x-tex", "application/x-subrip", "application/vnd.apple.mpegurl", "message/rfc822":
		return true
	}
	return strings.HasPrefix(kind, "text/") || isXMLBased(kind) || isJSONBased(kind)
}

func isXMLBased(kind string) bool { return isXML(kind) || kind == "text/xml" }

func isJSONBased(kind string) bool {
	return kind == "application/json" || strings.HasSuffix(kind, "+json")
}

func isZipBased(kind string) bool {
	switch kind {
	case "application/java-archive", "application/vnd.android.package-archive", "application/vnd.google-earth.kmz",
		"application/vnd.ms-xpsdocument", "application/vnd.apple.keynote", "application/vnd.apple.numbers",
		"application/vnd.apple.pages", "application/vnd.visio":
		return true
	}
	return strings.HasPrefix(kind, "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(kind, "application/vnd.oasis.opendocument.") ||
		strings.HasSuffix(kind, ".macroenabled.12") || strings.HasSuffix(kind, "+zip")
}

func isOLEBased(kind string) bool {
	switch kind {
	case "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook",
		"application/vnd.visio", "application/x-msi":
		return true
	}
	return false
}

func oneOf(kinds ...string) func(string) bool {
	return func(kind string) bool { return slices.Contains(kinds, kind) }
}
