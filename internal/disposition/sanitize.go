package disposition

import (
	"strings"
	"unicode/utf8"
)

// Sanitize returns the name as it may be offered to a client: one path segment of valid
// UTF-8, at most 255 bytes long, without characters that cannot be seen or that change how
// others are seen. It is empty when nothing is left. A harmless name comes back as it is,
// and so does the result of Sanitize.
//
// Only the base name counts, after both kinds of slash and after a drive letter (RFC 6266,
// section 4.3). Controls, direction controls, line separators and zero-width blanks go; the
// joiners U+200C and U+200D stay, since scripts and emoji are spelt with them. A byte that is
// not UTF-8 becomes "_". Blanks at the ends and dots at the end go, as Windows drops them
// itself and would save "a.exe. " as "a.exe"; with them go "." and "..". A name that Windows
// reads as a device gets a "_" in front.
func Sanitize(name string) string {
	name = trim(visible(base(name)))
	if IsDevice(name) {
		name = "_" + name
	}
	name = shorten(name)
	// Blanks lost by shortening can leave a device again; then there is room for the prefix.
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

// visible returns name without the characters that Sanitize drops, and with "_" for each
// byte that is no part of a UTF-8 character. It copies only what has to be changed.
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

// trim returns name without a drive letter, without blanks at its ends and without dots at
// its end.
func trim(name string) string {
	for {
		name = strings.TrimLeft(name, " ")
		if len(name) < 2 || name[1] != ':' || !isLetter(name[0]) {
			return strings.TrimRight(name, " .")
		}
		name = name[2:]
	}
}

func isLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z'
}
