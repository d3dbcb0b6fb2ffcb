package plan

import (
	"math"
	"strings"
)

const (
	// maxHeader is the longest Range field in bytes; a longer one is ignored. It fits [maxSpecs] ranges of typical
	// length.
	maxHeader = 8 << 10
	// maxSpecs is the most ranges of one field; a field with more is ignored. It limits the memory and the sorting of
	// one request (RFC 9110 section 17.15).
	maxSpecs = 1024
)

// A Spec is one byte range of a Range field (RFC 9110 section 14.1.2). A number that exceeds an int64 is the
// largest int64.
type Spec struct {
	First int64 // position of the first byte; negative means a suffix of Last bytes
	Last  int64 // position of the last byte, inclusive; negative means the end of the file
}

// ParseRange returns the ranges of a Range field, at least one, in the client's order. It returns false if the field is
// ignored: the unit is not bytes, a member is invalid, or the field exceeds 8 KiB or 1024 ranges.
func ParseRange(header string) ([]Spec, bool) {
	sc, ok := scan(header)
	if !ok {
		return nil, false
	}
	var specs []Spec
	for sc.next() {
		if len(specs) == maxSpecs {
			return nil, false
		}
		specs = append(specs, sc.spec)
	}
	if sc.invalid || len(specs) == 0 {
		return nil, false
	}
	return specs, true
}

// Single returns the range of a Range field with exactly one range, and false for any other field. It does not
// allocate.
func Single(header string) (Spec, bool) {
	sc, ok := scan(header)
	if !ok || !sc.next() {
		return Spec{}, false
	}
	spec := sc.spec
	if sc.next() || sc.invalid {
		return Spec{}, false
	}
	return spec, true
}

// A scanner parses the members of a range-set one by one.
type scanner struct {
	spec    Spec
	rest    string
	invalid bool
}

// scan returns a scanner of a field whose unit is bytes. Units are case-insensitive (RFC 9110 section 14.1).
func scan(header string) (scanner, bool) {
	if len(header) > maxHeader {
		return scanner{}, false
	}
	unit, set, ok := strings.Cut(trimBlanks(header), "=")
	return scanner{rest: set}, ok && len(unit) == len("bytes") && strings.EqualFold(unit, "bytes")
}

// next parses the next non-empty member into spec. It returns false at the end and at an invalid member.
func (sc *scanner) next() bool {
	for sc.rest != "" {
		var member string
		member, sc.rest, _ = strings.Cut(sc.rest, ",")
		if member = trimBlanks(member); member == "" {
			continue
		}
		var ok bool
		if sc.spec, ok = parseSpec(member); !ok {
			sc.invalid = true
			return false
		}
		return true
	}
	return false
}

// parseSpec parses an int-range or a suffix-range. Both have digits and one dash only.
func parseSpec(s string) (Spec, bool) {
	first, last, ok := strings.Cut(s, "-")
	if !ok || !digits(first) || !digits(last) {
		return Spec{}, false
	}
	switch {
	case first == "":
		return Spec{First: -1, Last: number(last)}, last != ""
	case last == "":
		return Spec{First: number(first), Last: -1}, true
	}
	return Spec{First: number(first), Last: number(last)}, !less(last, first)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// number returns the value of a string of digits, at most the largest int64.
func number(s string) int64 {
	var n int64
	for i := range len(s) {
		d := int64(s[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return math.MaxInt64
		}
		n = 10*n + d
	}
	return n
}

// less compares strings of digits by value, however large.
func less(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
