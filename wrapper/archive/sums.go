package archive

import (
	"context"
	"encoding/binary"
	"log/slog"
	"strings"
	"sync"
)

// sums are the CRC-32 values of the members of a layout that metadata does not have.
type sums struct {
	store Checksums
	key   string // in store; "" stores none
	total int    // of the framed members

	mu     sync.Mutex
	values []uint32
	have   []bool
	count  int // of have
	stored int // of count, those that store has

	loading sync.Mutex
	loaded  bool
}

func newSums(l *layout) *sums {
	s := &sums{store: l.options.Checksums}
	for i := range l.members {
		m := &l.members[i]
		m.index = i
		if m.framed {
			s.total++
		}
	}
	if s.total > 0 {
		s.values, s.have = make([]uint32, len(l.members)), make([]bool, len(l.members))
	}
	if l.size >= 0 && strongTag(l.tag) {
		s.key = strings.Trim(l.tag, `"`)
	}
	return s
}

// get returns the CRC-32 of a member, if it is known.
func (s *sums) get(m *member) (crc uint32, ok bool) {
	if !m.framed {
		return m.crc, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[m.index], s.have[m.index]
}

func (s *sums) set(m *member, crc uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(m.index, crc)
}

func (s *sums) put(i int, crc uint32) {
	if !s.have[i] {
		s.count++
	}
	s.values[i], s.have[i] = crc, true
}

// load adds the values of the store, once.
func (s *sums) load(ctx context.Context) {
	s.loading.Lock()
	defer s.loading.Unlock()
	if s.loaded || s.key == "" {
		return
	}
	s.loaded = true
	b, err := s.store.Load(ctx, s.key)
	if err != nil {
		slog.WarnContext(ctx, "checksums of an archive not loaded", "key", s.key, "error", err)
	}
	n := len(s.values)
	if len(b) != 4*n+(n+7)/8 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.values {
		if b[4*n+i/8]>>(i%8)&1 == 0 {
			continue
		}
		s.stored++
		if !s.have[i] {
			s.put(i, binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
}

// save stores the values, if there are new ones.
func (s *sums) save(ctx context.Context) {
	if s.key == "" || !s.fresh() {
		return
	}
	s.load(ctx)
	if !s.fresh() {
		return
	}
	s.mu.Lock()
	n := len(s.values)
	b := make([]byte, 4*n+(n+7)/8)
	for i, v := range s.values {
		if s.have[i] {
			binary.LittleEndian.PutUint32(b[4*i:], v)
			b[4*n+i/8] |= 1 << (i % 8)
		}
	}
	s.stored = s.count
	s.mu.Unlock()
	if err := s.store.Save(ctx, s.key, b); err != nil {
		slog.WarnContext(ctx, "checksums of an archive not saved", "key", s.key, "error", err)
	}
}

// fresh reports whether there are values that the store does not have.
func (s *sums) fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count > s.stored
}
