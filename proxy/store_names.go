package proxy

import (
	"fmt"
	"sync"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// storeNames holds the bucket of each storage name that an optimizer was called with. A configuration names storages: if
// two buckets have one name, it is ambiguous which of them is meant.
type storeNames struct {
	mu      sync.Mutex
	buckets map[string]string // identity of the bucket
	refused map[string]error
}

// check returns an error for a name that two buckets have. A source outside this module with a key and no bucket is in
// the storage that the application names.
func (s *storeNames) check(loc wrapper.Location) error {
	if loc.Bucket == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refused[loc.Store]; err != nil {
		return err
	}
	first, ok := s.buckets[loc.Store]
	switch {
	case !ok && s.buckets == nil:
		s.buckets, s.refused = map[string]string{}, map[string]error{}
		fallthrough
	case !ok:
		s.buckets[loc.Store] = loc.Bucket
	case first != loc.Bucket:
		s.refused[loc.Store] = fmt.Errorf("proxy: storage name %q is that of two buckets, %q and %q: give each storage a name of its own",
			loc.Store, first, loc.Bucket)
	}
	return s.refused[loc.Store]
}

// find returns the mount of a download, and the path segments of the file below the mount. It returns nil for a file in
// no mount, for a file whose name is ambiguous, and for an old version: a proxy serves the current one.
func (s *storeNames) find(all mounts, d *blobdownload.Download) (*Mount, []string, error) {
	loc := d.File.Location()
	m, segments, ok := all.find(loc)
	if !ok || d.File.Version() != "" {
		return nil, nil, nil
	}
	return m, segments, s.check(loc)
}
