package disposition

import (
	"strings"
	"unicode/utf8"
)

// Sanitize returns a name that is safe for a client: one path segment of valid UTF-8, at most 255 bytes. It has no
// invisible characters and none that change the display of others. Sanitize returns "" if no character is left. A safe
// name is unchanged, so Sanitize is idempotent.
//
// Only the base name is kept, after both kinds of slash and after a drive letter (RFC 6266 section 4.3). Controls,
// direction controls, line separators and zero-width blanks are removed. The joiners U+200C and U+200D stay,
// because scripts and emoji need them. A byte that is not UTF-8 becomes "_". Each
// character that Windows forbids in a name becomes "_", too: a colon would name a stream of another file. Blanks at
// both ends and dots at the end are removed, because Windows would save "a.exe. " as "a.exe"; this also removes "."
// and "..". The name of a Windows device gets the prefix "_".
func Sanitize(name string) string {
	name = withoutForbidden(trim(visible(base(name))))
	if IsDevice(name) {
		name = "_" + name
	}
	name = shorten(name)
	// Without the blanks that shortening removes, the name can be a device again. Then the prefix fits.
	if IsDevice(name) {
		name = "_" + name
	}
	return name
}

// base returns the last path segment that is not empty.
func base(name string) string {
	name = strings.TrimRight(name, `/\`)
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// visible returns name without the characters that Sanitize removes, and with "_" for each byte that is not UTF-8.
// It does not copy a name without such characters.
func visible(name string) string {
	var b []byte
	kept := 0 // name[:kept] is in b
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		invalid := r == utf8.RuneError && n == 1
		if !invalid && !isHidden(r) {
			i += n
			continue
		}
		if b == nil {
			b = make([]byte, 0, len(name))
		}
		b = append(b, name[kept:i]...)
		if invalid {
			b = append(b, '_')
		}
		i += n
		kept = i
	}
	if kept == 0 {
		return name
	}
	return string(append(b, name[kept:]...))
}

func isHidden(r rune) bool {
	switch {
	case r < ' ', 0x7f <= r && r <= 0x9f: // C0, DEL, C1
		return true
	case r < 0x061c:
		return false
	case r == 0x061c, r == 0x200e, r == 0x200f: // direction marks
		return true
	case r == 0x200b, r == 0xfeff: // zero-width blanks, the latter also a byte order mark
		return true
	case 0x2028 <= r && r <= 0x202e: // line and paragraph separators, direction embeddings and overrides
		return true
	case 0x2060 <= r && r <= 0x206f: // invisible operators, direction isolates
		return true
	}
	return false
}

// trim removes a drive letter, blanks at both ends and dots at the end.
func trim(name string) string {
	for {
		name = strings.TrimLeft(name, " ")
		if len(name) < 2 || name[1] != ':' || !isLetter(name[0]) {
			return strings.TrimRight(name, " .")
		}
		name = name[2:]
	}
}

const forbidden = `<>:"|?*`

// withoutForbidden returns name with "_" for each character that Windows forbids. It does not copy a name without any.
func withoutForbidden(name string) string {
	if !strings.ContainsAny(name, forbidden) {
		return name
	}
	b := []byte(name)
	for i, c := range b {
		if strings.IndexByte(forbidden, c) >= 0 {
			b[i] = '_'
		}
	}
	return string(b)
}

func isLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z'
}
