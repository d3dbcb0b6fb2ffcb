package plan

// ifRange reports whether Range applies: If-Range is absent, or is a strong validator of the current file (RFC 9110
// section 13.1.5).
//
// The field is one entity-tag or one date. A list, a "*" and an unquoted entity-tag never match.
func ifRange(validator string, f *Facts) bool {
	if validator == "" {
		return true
	}
	validator = trimBlanks(validator)
	if ValidETag(validator) {
		return validator[0] == '"' && validator == f.ETag
	}
	if f.ModTime.IsZero() {
		return false
	}
	mod, now := f.lastModified()
	t, ok := parseDate(validator, now)
	// A file can change again within the current second, so a date of that second is no strong validator
	// (section 8.8.2.2).
	return ok && t == mod && mod < now
}
