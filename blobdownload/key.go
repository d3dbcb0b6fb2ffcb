package blobdownload

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// maxKey is the longest key, in bytes, that S3, Google Cloud Storage and Azure all accept.
const maxKey = 1024

// CanonicalKey returns an error for a key that some storage, proxy or client maps to another key or rejects. A canonical
// key is valid UTF-8 of at most 1024 bytes, without control characters, and valid by fs.ValidPath: no empty, "." or ".."
// element, and no slash at either end. It is the default of [Storage.Keys].
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

// AnyKey accepts every key that the driver does, such as "a//b". Use it as [Storage.Keys] for keys that are
// not paths.
func AnyKey(string) error { return nil }
