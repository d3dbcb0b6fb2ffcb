package plan

// precondition returns the status that ends the request, or 0 where it goes on. The steps are those of RFC 9110
// section 13.2.2: a date counts only where the tags of the same kind are absent.
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

// modifiedSince reports whether the file changed after the date. It is not known where the field is absent or is
// anything but one valid date, nor for a file without a modification date: such a condition must be ignored
// (RFC 9110 sections 13.1.3 and 13.1.4).
func modifiedSince(date string, f *Facts) (modified, known bool) {
	if date == "" || f.ModTime.IsZero() {
		return false, false
	}
	mod, now := f.lastModified()
	t, ok := parseDate(date, now)
	return mod > t, ok
}
