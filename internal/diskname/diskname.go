// Package diskname maps a key to the path of its object in Go CDK's fileblob.
package diskname

import (
	"strconv"
	"strings"
)

// OfKey returns the path of an object, separated with slashes and relative to the bucket's directory.
//
// In fileblob, "__0x2f__" is an escaped slash. A character is escaped if a path cannot contain it or would change its
// meaning. These are control characters, the second slash of "//", the slash of "../", and a slash at the end. The start
// of text that looks like an escape is escaped, too.
func OfKey(key string) string {
	if !strings.ContainsFunc(key, isControl) && !strings.Contains(key, "//") && !strings.Contains(key, "../") &&
		!strings.HasSuffix(key, "/") && !strings.Contains(key, "__0x") {
		return key
	}
	var b strings.Builder
	for i := range len(key) {
		c := key[i]
		if escapes(key, i) {
			b.WriteString("__0x" + strconv.FormatUint(uint64(c), 16) + "__")
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isControl(r rune) bool { return r < 0x20 }

func escapes(key string, i int) bool {
	switch c := key[i]; {
	case c < 0x20:
		return true
	case c == '_':
		return isEscape(key[i:])
	case c != '/':
		return false
	default:
		return i == len(key)-1 || i > 0 && key[i-1] == '/' || i > 1 && key[i-2:i] == ".."
	}
}

// isEscape reports whether s begins with a complete escape of fileblob, such as "__0x41__".
func isEscape(s string) bool {
	rest, ok := strings.CutPrefix(s, "__0x")
	digits, after, ended := strings.Cut(rest, "_")
	if !ok || !ended || !strings.HasPrefix(after, "_") {
		return false
	}
	_, err := strconv.ParseInt(digits, 16, 32)
	return err == nil
}
