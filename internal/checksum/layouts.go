package checksum

import "sync"

// Limits of the layouts that a bucket remembers: at most 2 MiB.
const (
	maxLayouts    = 256
	maxLayoutEnds = 1000
)

// Layouts remembers the layouts of versions of objects. The zero value is empty.
type Layouts struct {
	mu        sync.Mutex
	byVersion map[string]layout
}

// get returns the layout of a version, and a new one of size and parts if it is not remembered. Nil remembers nothing.
func (m *Layouts) get(version string, size int64, parts int) layout {
	if m == nil {
		return layout{size: size, parts: parts}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.byVersion[version]; ok && l.size == size && l.parts == parts {
		return l.clone()
	}
	return layout{size: size, parts: parts}
}

// put remembers a layout. If there are too many, it forgets another one.
func (m *Layouts) put(version string, l *layout) {
	if m == nil || len(l.ends) > maxLayoutEnds {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byVersion == nil {
		m.byVersion = map[string]layout{}
	}
	for v := range m.byVersion {
		if len(m.byVersion) < maxLayouts {
			break
		}
		delete(m.byVersion, v)
	}
	m.byVersion[version] = l.clone()
}
