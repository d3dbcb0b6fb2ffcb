package proxy

import (
	"strings"
	"unicode/utf8"

	"github.com/go-downloadview/downloadview/internal/diskname"
)

// KeyForm is how file names are made from keys.
type KeyForm uint8

const (
	// PlainKeys are names as they are. They exclude keys that fileblob escapes: with control characters, empty
	// segments, "../" or what reads as an escape.
	PlainKeys KeyForm = iota

	// FileBlobKeys are escaped as Go CDK's fileblob escapes them: the name of "a//b" is "a/__0x2f__b".
	FileBlobKeys
)

// name returns the file name of a key, or false if it is ambiguous.
func (k KeyForm) name(key string) (string, bool) {
	if !utf8.ValidString(key) {
		return "", false
	}
	name := diskname.OfKey(key)
	return name, k == FileBlobKeys || name == key && !strings.ContainsFunc(key, isControl)
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
