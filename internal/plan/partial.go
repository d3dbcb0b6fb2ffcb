package plan

// partial returns the decision for a GET whose Range applies, for a file of size bytes.
func partial(header string, size int64) Decision {
	if spec, ok := Single(header); ok {
		w, ok := spec.Window(size)
		switch {
		case !ok:
			return Decision{Status: statusUnsatisfiable}
		case w.N == 0:
			return Decision{Status: statusOK}
		}
		return Decision{Status: statusPartial, one: w}
	}
	specs, ok := ParseRange(header)
	if !ok {
		return Decision{Status: statusOK}
	}
	return several(specs, size)
}

// several returns the decision for a set of two or more ranges. Unsatisfiable ranges are dropped, unless all of
// them are unsatisfiable (RFC 9110 sections 14.1.1 and 15.5.17).
//
// The response is complete if the ranges cover every byte of the file, or if there are more than [maxParts] windows.
func several(specs []Spec, size int64) Decision {
	pieces := make([]piece, 0, len(specs))
	for i, spec := range specs {
		if w, ok := spec.Window(size); ok {
			pieces = append(pieces, piece{Window: w, rank: i})
		}
	}
	if len(pieces) == 0 {
		return Decision{Status: statusUnsatisfiable}
	}
	parts, requested := coalesce(pieces)
	if requested == size || len(parts) > maxParts {
		return Decision{Status: statusOK}
	}
	return Decision{Status: statusPartial, many: inOrder(parts)}
}
