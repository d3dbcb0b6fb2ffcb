package wrapper

import "sync/atomic"

// maxAhead is how many bytes all downloads of a program hold together in parts that were read ahead.
const maxAhead = 512 << 20

// aheadMemory is what they hold.
var aheadMemory memory

// memory is a number of bytes of which each is held by one at a time.
type memory struct{ held atomic.Int64 }

func (m *memory) take(n int64) bool {
	if m.held.Add(n) > maxAhead {
		m.held.Add(-n)
		return false
	}
	return true
}

func (m *memory) give(n int64) { m.held.Add(-n) }
