package site

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// isNavigation reports whether a request is a browser's for a page: its Accept has text/html, and the last element of its
// path has no dot. A script that is missing after a deployment is a 404, not a page with the status 200.
func isNavigation(r *http.Request, path string) bool {
	return !isAsset(path) && acceptsHTML(r.Header.Values("Accept"))
}

// acceptsHTML reports whether an Accept has text/html itself. A range such as */* is also that of scripts and pictures.
func acceptsHTML(lines []string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			kind, parameters, _ := strings.Cut(element, ";")
			if strings.EqualFold(strings.TrimSpace(kind), "text/html") && isAcceptable(parameters) {
				return true
			}
		}
	}
	return false
}

// isAcceptable reports whether the parameter q is not 0. Without one the weight is 1.
func isAcceptable(parameters string) bool {
	for p := range strings.SplitSeq(parameters, ";") {
		p = strings.TrimSpace(p)
		if name, _, _ := strings.Cut(p, "="); strings.EqualFold(name, "q") {
			weight, ok := fields.Weight(p)
			return ok && weight > 0
		}
	}
	return true
}
