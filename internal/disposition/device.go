package disposition

import "strings"

// IsDevice reports whether Windows opens a device instead of a file with this name. Windows compares the part
// before the first dot or colon, without trailing blanks and in any case: "con .tar.gz" is the console. The
// superscript digits one to three and zero are digits, too.
func IsDevice(name string) bool {
	stem := name
	if i := strings.IndexAny(stem, ".:"); i >= 0 {
		stem = stem[:i]
	}
	stem = strings.TrimRight(stem, " ")
	if len(stem) < 3 || len(stem) > len("CONOUT$") {
		return false
	}
	for _, d := range [...]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"} {
		if asciiFold(stem, d) {
			return true
		}
	}
	if !asciiFold(stem[:3], "COM") && !asciiFold(stem[:3], "LPT") {
		return false
	}
	switch port := stem[3:]; port {
	case "¹", "²", "³":
		return true
	default:
		return len(port) == 1 && '0' <= port[0] && port[0] <= '9'
	}
}

// asciiFold reports whether s equals upper, except for the case of ASCII letters.
func asciiFold(s, upper string) bool {
	if len(s) != len(upper) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != upper[i] {
			return false
		}
	}
	return true
}
