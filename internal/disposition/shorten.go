package disposition

import (
	"strings"
	"unicode/utf8"
)

const (
	maxBytes = 255 // what the usual file systems take
	// cutRunes is what is left of a name that has to be cut: room for the " (1)" and
	// ".crdownload" that browsers append, and for a directory in the 260 units of a Windows path.
	cutRunes = 150
	// maxExt bounds what is taken for an extension; a longer one is text after a dot.
	maxExt = 32
)

// shorten returns name, cut to at most maxBytes and cutRunes if it is longer than maxBytes.
// The cut is made before the extension, between two characters.
func shorten(name string) string {
	if len(name) <= maxBytes {
		return name
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= maxExt {
		name, ext = name[:i], name[i:]
	}
	name = prefix(name, maxBytes-len(ext), cutRunes-utf8.RuneCountInString(ext))
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
