package plan

// ifRange reports whether Range is to be obeyed: If-Range is absent, or names exactly the current file by a strong
// validator (RFC 9110 section 13.1.5).
//
// The field is one entity tag or one date. A list, a * and an unquoted tag are neither, and do not hold.
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
	// A file may have changed twice within a second that is not over yet, so that such a date identifies
	// nothing (section 8.8.2.2).
	return ok && t == mod && mod < now
}
