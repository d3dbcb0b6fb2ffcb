package plan

import (
	"math"
	"strings"
)

const (
	// maxHeader is the length of the longest Range field that is read; a longer one is ignored unread. It leaves
	// room for [maxSpecs] ranges of the usual length.
	maxHeader = 8 << 10
	// maxSpecs bounds the ranges of one field, and by that what a request can make us store and sort (RFC 9110
	// section 17.15). A field of more is ignored.
	maxSpecs = 1024
)

// A Spec is one range of bytes as the client wrote it (RFC 9110 section 14.1.2). Numbers too large for an int64
// stand as the largest one.
type Spec struct {
	First int64 // the position of the first byte; negative for a suffix of Last bytes
	Last  int64 // the position of the last byte, itself included; negative for the end of the file
}

// ParseRange returns the ranges of a Range field, at least one and in the client's order. It returns false where the
// field must or may be ignored: the unit is not bytes, the syntax is wrong in any member, or the field is longer than
// 8 KiB or has more than 1024 ranges.
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

// Single returns the range of a Range field that has exactly one, and false for every other field. It does not
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

// A scanner reads the members of a range-set one by one.
type scanner struct {
	spec    Spec
	rest    string
	invalid bool
}

// scan begins the range-set of a field whose unit is bytes. Units are case-insensitive (RFC 9110 section 14.1).
func scan(header string) (scanner, bool) {
	if len(header) > maxHeader {
		return scanner{}, false
	}
	unit, set, ok := strings.Cut(trimBlanks(header), "=")
	return scanner{rest: set}, ok && len(unit) == len("bytes") && strings.EqualFold(unit, "bytes")
}

// next reads the next member that is not empty into spec. It returns false at the end and at an invalid member.
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

// parseSpec reads an int-range or a suffix-range. Both consist of digits and one dash and of nothing else.
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

// number returns the value of a string of digits, or the largest int64 if that is less.
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
