package archive

import (
	"container/list"
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// memory holds the directories that were used last.
type memory struct {
	mu     sync.Mutex
	slots  map[slotKey]*list.Element
	recent list.List // of *slot, most recently used first
	total  int64     // of their costs
}

// slotKey identifies an archive: an object of a bucket, or a file that is in none.
type slotKey struct {
	at      wrapper.Location
	version string
	file    *wrapper.File
}

func slotKeyOf(f *wrapper.File) slotKey {
	if at := f.Location(); at.Bucket != "" {
		return slotKey{at: at, version: f.Version()}
	}
	return slotKey{file: f}
}

// slotCost is the memory of a slot without a directory, in bytes.
const slotCost = 512

// slot is the place of one archive's directory.
type slot struct {
	key       slotKey
	busy      chan struct{} // held while the directory is read, so that concurrent requests share one read
	directory atomic.Pointer[directory]
	cost      int64 // guarded by memory.mu
}

// get returns the slot of an archive, and makes it the most recently used one.
func (m *memory) get(key slotKey) *slot {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.slots[key]; e != nil {
		m.recent.MoveToFront(e)
		return e.Value.(*slot)
	}
	if m.slots == nil {
		m.slots = map[slotKey]*list.Element{}
	}
	s := &slot{key: key, busy: make(chan struct{}, 1), cost: slotCost}
	m.slots[key] = m.recent.PushFront(s)
	m.total += s.cost
	return s
}

// put stores a directory, and removes those that were not used for the longest time. The directory itself stays.
func (m *memory) put(s *slot, d *directory, limit int64) {
	s.directory.Store(d)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.slots[s.key] == nil || m.slots[s.key].Value != any(s) {
		return // removed meanwhile
	}
	m.total += d.cost() - s.cost
	s.cost = d.cost()
	for m.total > limit && m.recent.Len() > 1 {
		last := m.recent.Back()
		if last.Value == any(s) {
			last = last.Prev()
		}
		old := last.Value.(*slot)
		m.recent.Remove(last)
		delete(m.slots, old.key)
		m.total -= old.cost
	}
}

// directory returns the directory of an archive: the remembered one, revalidated after MaxAge, or a new one.
func (r *Reader) directory(ctx context.Context, f *wrapper.File) (*directory, error) {
	d, err := r.remembered(ctx, f)
	if _, named := err.(*fs.PathError); err == nil || named { //nolint:errorlint // the outermost names the archive
		return d, err
	}
	return nil, &fs.PathError{Op: "read", Path: f.Name(), Err: err}
}

func (r *Reader) remembered(ctx context.Context, f *wrapper.File) (*directory, error) {
	s := r.memory.get(slotKeyOf(f))
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.busy }()
	if d := s.directory.Load(); d != nil {
		current, err := r.current(ctx, f, d)
		if current || err != nil {
			return d, err
		}
	}
	d, err := r.readDirectory(ctx, f)
	if err != nil {
		return nil, err
	}
	r.memory.put(s, d, r.maxMemory())
	return d, nil
}

// current reports whether a remembered directory is that of the archive's current version.
func (r *Reader) current(ctx context.Context, f *wrapper.File, d *directory) (bool, error) {
	if f.Version() != "" || time.Since(time.Unix(0, d.confirmed.Load())) < r.maxAge() {
		return true, nil
	}
	info, err := f.Stat(ctx)
	if err != nil {
		return false, err
	}
	if !d.describes(&info) {
		return false, nil
	}
	d.confirm()
	return true, nil
}

// forget removes a directory of a version that is no longer the current one.
func (r *Reader) forget(f *wrapper.File, d *directory) {
	r.memory.get(slotKeyOf(f)).directory.CompareAndSwap(d, nil)
}
