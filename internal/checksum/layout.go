package checksum

import (
	"math"
	"slices"
)

// unsized is the size of a layout before the end of a body of unknown length.
const unsized = math.MaxInt64

// layout is where the parts of an upload end, as far as the storage has reported it. The zero value of all but size and
// parts is a layout of which nothing is known.
type layout struct {
	size  int64 // of the object, or unsized
	parts int

	known   int     // how many ends are known, from the first part on
	even    int64   // the size of every known part, except the last part of the object; 0 if the parts differ
	ends    []int64 // the known ends of parts that differ
	refused bool    // the storage does not report the layout
}

// end returns the offset at which part i ends, counted from 0. An end that is not known is that of parts of equal size.
func (l *layout) end(i int) int64 {
	switch {
	case i < 0:
		return 0
	case i == l.parts-1:
		return l.size
	case l.even > 0:
		return min(int64(i+1)*l.even, l.size)
	default:
		return l.ends[i]
	}
}

// complete reports whether all ends are known.
func (l *layout) complete() bool { return l.known == l.parts }

// usable reports whether end returns a valid end for every part: all are known, or the known ones are of equal size and
// the others can be.
func (l *layout) usable() bool {
	return l.complete() || l.even > 0 && l.fits(l.even) || l.size == unsized && l.known == l.parts-1
}

// fits reports whether the object can have parts of this size, of which only the last may be shorter.
func (l *layout) fits(part int64) bool {
	return l.size == unsized || (l.size-1)/part+1 == int64(l.parts)
}

// possible reports whether the object has a byte for each part. An empty object may have been uploaded in one part.
func (l *layout) possible() bool { return int64(l.parts) <= max(1, l.size) }

// setSize sets the size of a layout of unknown size, and returns false for a size that is impossible.
func (l *layout) setSize(n int64) bool {
	if l.size != unsized {
		return l.size == n
	}
	if !l.complete() && l.end(l.known-1) > n {
		return false
	}
	l.size = n
	return l.possible() && l.add(nil)
}

// clone returns a layout to which ends can be added without a change of l.
func (l *layout) clone() layout {
	c := *l
	c.ends = slices.Clone(l.ends)
	return c
}

// add adds the ends of the parts after the known ones. It returns false for ends that are impossible.
func (l *layout) add(ends []int64) bool {
	for _, end := range ends {
		last := l.known+1 == l.parts
		if last && l.size == unsized {
			l.size = end
		}
		before := l.end(l.known - 1)
		if l.complete() || end < before || end == before && l.size > 0 || end > l.size || last != (end == l.size) {
			return false
		}
		if l.known == 0 {
			l.even = end
		}
		if l.even > 0 && end != l.end(l.known) {
			for i := range l.known {
				l.ends = append(l.ends, l.end(i))
			}
			l.even = 0
		}
		if l.even == 0 {
			l.ends = append(l.ends, end)
		}
		l.known++
	}
	if l.known == l.parts-1 && l.size != unsized {
		return l.add([]int64{l.size})
	}
	return true
}

// agrees reports whether both layouts have the same parts. Both are usable.
func (l *layout) agrees(o *layout) bool { return l.even == o.even && slices.Equal(l.ends, o.ends) }
