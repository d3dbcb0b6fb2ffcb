package resume

import "sync/atomic"

// maxPartMemory is the limit in bytes of all read-ahead buffers of the program together.
const maxPartMemory = 512 << 20

// partMemory counts the read-ahead buffers of all Readers.
var partMemory memory

// memory counts bytes in use.
type memory struct{ used atomic.Int64 }

// acquire reserves n bytes, or returns false if that exceeds the limit.
func (m *memory) acquire(n int64) bool {
	if m.used.Add(n) > maxPartMemory {
		m.used.Add(-n)
		return false
	}
	return true
}

func (m *memory) release(n int64) { m.used.Add(-n) }
