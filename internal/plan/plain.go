package plan

import "strings"

// Plain reports whether a Range field is written in the one form that all servers read alike: as [Spec.String] writes
// it, further ranges each after a comma and at most one space. What RFC 9110 allows besides (empty members, other
// blanks, positions beyond an int64), and what it wants ignored, many servers refuse.
func Plain(header string) bool {
	specs, ok := ParseRange(header)
	if !ok {
		return false
	}
	rest := header
	for i, spec := range specs {
		written := spec.String()
		if i > 0 {
			written = "," + strings.TrimPrefix(written, "bytes=")
			rest = strings.Replace(rest, ", ", ",", 1)
		}
		if rest, ok = strings.CutPrefix(rest, written); !ok {
			return false
		}
	}
	return rest == ""
}
