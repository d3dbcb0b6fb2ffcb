package blobdownload

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// identity is the content coding that changes nothing (RFC 9110 section 12.5.3).
const identity = "identity"

// maxCodings is the maximum number of members of Accept-Encoding that are read.
const maxCodings = 64

// acceptance is a parsed Accept-Encoding (RFC 9110 section 12.5.3). Weights range from 0 to 1000.
type acceptance struct {
	absent  bool // without the field every coding is acceptable
	weights map[string]int
}

func acceptanceOf(h http.Header) acceptance {
	lines, ok := h["Accept-Encoding"]
	a := acceptance{absent: !ok}
	if !ok {
		return a
	}
	a.weights = map[string]int{}
	for _, line := range lines {
		for rest := line; rest != "" && len(a.weights) < maxCodings; {
			var member string
			member, rest, _ = strings.Cut(rest, ",")
			name, params, _ := strings.Cut(member, ";")
			name = fields.Coding(strings.ToLower(strings.Trim(name, " \t")))
			if weight, ok := fields.Weight(params); ok && name != "" {
				a.weights[name] = weight
			}
		}
	}
	return a
}

// weight returns the weight of a coding. 0 means not acceptable.
func (a *acceptance) weight(coding string) int {
	if a.absent {
		return 1000
	}
	if w, ok := a.weights[coding]; ok {
		return w
	}
	if w, ok := a.weights["*"]; ok {
		return w
	}
	if coding == identity {
		return 1 // acceptable, after every named coding
	}
	return 0
}

// acceptsAll reports whether all codings are acceptable.
func (a *acceptance) acceptsAll(codings []string) bool {
	for _, c := range codings {
		if a.weight(c) == 0 {
			return false
		}
	}
	return true
}

// addVary adds a field to Vary, unless Vary has it.
func addVary(h http.Header, field string) {
	for _, line := range h["Vary"] {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.Trim(member, " \t"); member == "*" || strings.EqualFold(member, field) {
				return
			}
		}
	}
	h["Vary"] = []string{strings.Join(append(slices.Clip(h["Vary"]), field), ", ")}
}
