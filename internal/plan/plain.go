package plan

import "strings"

// Plain reports whether a Range field has the form that all servers parse alike: that of [Spec.String], with
// further ranges after a comma and at most one space. Many servers reject other forms that RFC 9110 allows (empty
// members, other blanks, positions beyond an int64), and those that must be ignored.
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
