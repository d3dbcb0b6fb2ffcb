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
	var upper [len("CONOUT$")]byte // ASCII letters alone: another letter is of another name
	for i := range len(stem) {
		c := stem[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	switch string(upper[:len(stem)]) {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	if port := string(upper[:3]); port != "COM" && port != "LPT" {
		return false
	}
	switch number := stem[3:]; number {
	case "¹", "²", "³":
		return true
	default:
		return len(number) == 1 && '0' <= number[0] && number[0] <= '9'
	}
}
