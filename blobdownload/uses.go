package blobdownload

import (
	"context"
	"sync"
	"time"
)

// UseStore is a [OneUse] that also stores how far links were used, for links of several downloads (Link.Downloads).
// [MemoryUses] is one. Package blobdownload/docstoreuses has one for all processes of an application.
type UseStore interface {
	OneUse

	// Update replaces the state of id, which is nil at first, with the result of change, atomically: if another
	// Update comes in between, change is called again with the new state. A nil result leaves the state as it is. Update returns
	// the error of change unchanged. A state may be deleted after expires.
	Update(ctx context.Context, id string, expires time.Time, change func(state []byte) ([]byte, error)) error
}

// MemoryUses is a UseStore in the memory of one process. The end of the process forgets all uses: a link is then as good as
// new. Its zero value is ready. It may be used by many goroutines, and must not be copied after first use.
type MemoryUses struct {
	mu    sync.Mutex
	links map[string]memoryUse
	sweep time.Time // of expired links, not before
}

type memoryUse struct {
	state   []byte
	used    bool
	expires time.Time
}

// Use implements OneUse.
func (m *MemoryUses) Use(_ context.Context, id string, expires time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.links[id]
	if u.used {
		return false, nil
	}
	u.used, u.expires = true, expires
	m.store(id, u)
	return true, nil
}

// Update implements UseStore.
func (m *MemoryUses) Update(_ context.Context, id string, expires time.Time, change func(state []byte) ([]byte, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.links[id]
	state, err := change(u.state)
	if err != nil || state == nil {
		return err
	}
	u.state, u.expires = state, expires
	m.store(id, u)
	return nil
}

// sweepEvery is how often expired links are deleted. They are kept as long once more, for clocks that differ.
const sweepEvery = MaxLeeway

func (m *MemoryUses) store(id string, u memoryUse) {
	if m.links == nil {
		m.links = map[string]memoryUse{}
	}
	m.links[id] = u
	now := time.Now()
	if now.Before(m.sweep) {
		return
	}
	m.sweep = now.Add(sweepEvery)
	for id, u := range m.links {
		if now.After(u.expires.Add(sweepEvery)) {
			delete(m.links, id)
		}
	}
}
