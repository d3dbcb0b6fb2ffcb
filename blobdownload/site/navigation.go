package site

import (
	"net/http"
	"strconv"
	"strings"
)

// isNavigation reports whether a request is a browser's for a page: its Accept has text/html, and the last element of its
// path has no dot. A script that is missing after a deployment is a 404, not a page with the status 200.
func isNavigation(r *http.Request, path string) bool {
	return !strings.Contains(path[strings.LastIndexByte(path, '/')+1:], ".") && acceptsHTML(r.Header.Values("Accept"))
}

// acceptsHTML reports whether a field has text/html itself. A range such as */* is also that of scripts and pictures.
func acceptsHTML(fields []string) bool {
	for _, field := range fields {
		for element := range strings.SplitSeq(field, ",") {
			kind, parameters, _ := strings.Cut(element, ";")
			if strings.EqualFold(strings.TrimSpace(kind), "text/html") && weight(parameters) > 0 {
				return true
			}
		}
	}
	return false
}

// weight returns the parameter q, or 1.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}
