package plan

import (
	"cmp"
	"slices"
)

const (
	// maxParts is the number of parts beyond which a file is sent whole. Each part is a read of its own, in a
	// storage a request of its own.
	maxParts = 16
	// maxGap is the largest number of bytes between two ranges that are sent as one. It is about what the header
	// of one more part would take (RFC 9110 section 15.3.7.2).
	maxGap = 80
)

// A piece is a window and the place that the client gave it.
type piece struct {
	Window

	rank int
}

func (p *piece) end() int64 { return p.Off + p.N }

// coalesce joins the pieces that overlap, touch or are at most [maxGap] bytes apart. A joined piece has the rank of
// the first one that the client named. The pieces come back sorted by offset, together with the number of bytes
// requested: every byte once, and without those of the gaps. It reuses the slice.
func coalesce(pieces []piece) (joined []piece, requested int64) {
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.Off, b.Off) })
	joined = pieces[:1]
	requested = pieces[0].N
	for _, p := range pieces[1:] {
		last := &joined[len(joined)-1]
		end := last.end()
		requested += max(0, p.end()-max(p.Off, end))
		if p.Off-end > maxGap {
			joined = append(joined, p)
			continue
		}
		last.N = max(end, p.end()) - last.Off
		last.rank = min(last.rank, p.rank)
	}
	return joined, requested
}

// inOrder returns the windows in the order of the request (RFC 9110 section 15.3.7.2).
func inOrder(pieces []piece) []Window {
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(a.rank, b.rank) })
	windows := make([]Window, len(pieces))
	for i, p := range pieces {
		windows[i] = p.Window
	}
	return windows
}
