// Package hidden finds the paths that are served only on request.
package hidden

import "strings"

// Path reports whether an element of a path, a key or a folder begins with a dot.
func Path(path string) bool {
	return strings.HasPrefix(path, ".") || strings.Contains(path, "/.")
}
