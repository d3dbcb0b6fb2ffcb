package disposition

import "mime"

// Filename returns the name in the value of a Content-Disposition field, sanitized. It returns "" if there is none, or if
// the value is malformed.
func Filename(value string) string {
	if value == "" {
		return ""
	}
	_, params, err := mime.ParseMediaType(value)
	if err != nil {
		return ""
	}
	return Sanitize(params["filename"])
}
