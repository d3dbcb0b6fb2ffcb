package disposition

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxBytes is the longest name of common file systems.
	maxBytes = 255
	// cutRunes and cutBytes are the length of a shortened name. They leave room for the " (1)" and ".crdownload" that
	// browsers append, and for a directory in the 260 units of a Windows path.
	cutRunes = 150
	cutBytes = maxBytes - len(" (1)") - len(".crdownload")
	// maxExt is the longest extension. A longer one is text after a dot.
	maxExt = 32
)

// shorten truncates a name that is longer than maxBytes to at most cutBytes and cutRunes. It removes whole
// characters before the extension.
func shorten(name string) string {
	if len(name) <= maxBytes {
		return name
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= maxExt {
		name, ext = name[:i], name[i:]
	}
	name = prefix(name, cutBytes-len(ext), cutRunes-utf8.RuneCountInString(ext))
	return strings.TrimRight(name, " .") + ext
}

// prefix returns the longest prefix of whole characters within both limits.
func prefix(name string, bytes, runes int) string {
	end := 0
	for i, r := range name {
		end = i + utf8.RuneLen(r)
		if runes == 0 || end > bytes {
			return name[:i]
		}
		runes--
	}
	return name[:end]
}
