package plan

// precondition returns 304 or 412, or 0 if all preconditions hold. The steps are those of RFC 9110 section 13.2.2:
// a date is evaluated only if the entity-tag field of the same kind is absent.
func precondition(req *Request, f *Facts) int {
	if req.IfMatch != "" {
		if !StrongMatch(req.IfMatch, f.ETag) {
			return statusPreconditionFailed
		}
	} else if modified, known := modifiedSince(req.IfUnmodifiedSince, f); known && modified {
		return statusPreconditionFailed
	}

	if req.IfNoneMatch != "" {
		if WeakMatch(req.IfNoneMatch, f.ETag) {
			return statusNotModified
		}
	} else if modified, known := modifiedSince(req.IfModifiedSince, f); known && !modified {
		return statusNotModified
	}
	return 0
}

// modifiedSince reports whether the file changed after the date. The result is unknown if the field is absent or no
// valid date, or if the file has no modification time. Then the precondition is ignored (RFC 9110 sections 13.1.3 and
// 13.1.4).
func modifiedSince(date string, f *Facts) (modified, known bool) {
	if date == "" || f.ModTime.IsZero() {
		return false, false
	}
	mod, now := f.lastModified()
	t, ok := parseDate(date, now)
	return mod > t, ok
}
