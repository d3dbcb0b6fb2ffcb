package blobdownload

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// maxKey is the longest key, in bytes, that S3, Google Cloud Storage and Azure all take.
const maxKey = 1024

// CanonicalKey refuses a key that some storage, proxy or client reads as another one, or not at all: it
// must be valid UTF-8 of at most 1024 bytes, in the form of fs.ValidPath (no empty, "." or ".."
// element, no slash at an end) and without control characters. It is the policy of a [Storage] that has
// none of its own.
func CanonicalKey(key string) error {
	switch {
	case len(key) > maxKey:
		return fmt.Errorf("key of %d bytes, more than %d", len(key), maxKey)
	case !utf8.ValidString(key):
		return fmt.Errorf("key %q is not UTF-8", key)
	case key == "." || !fs.ValidPath(key):
		return fmt.Errorf("key %q is not in canonical form", key)
	case strings.ContainsFunc(key, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		return fmt.Errorf("key %q has a control character", key)
	default:
		return nil
	}
}

// AnyKey is the policy of a storage whose keys were not made with paths in mind: it leaves it to the
// driver what a key may be.
func AnyKey(string) error { return nil }
