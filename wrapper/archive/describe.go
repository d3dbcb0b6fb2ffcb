package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/wrapper"
)

// describe requests the metadata of all members and arranges them.
func (s *source) describe(ctx context.Context) (*layout, error) {
	all, err := s.expand(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.format.name(), err)
	}
	members := make([]member, len(all))
	paths := newNames(len(all))
	for i, m := range all {
		name := m.Name
		if name == "" {
			name = m.File.Base()
		}
		members[i] = member{name: paths.add(name), file: m.File, deflate: m.Deflate}
	}
	missing, err := s.stat(ctx, members)
	if err != nil {
		return nil, err
	}
	if missing != nil {
		members = withManifest(members, missing, paths.add(s.options.ManifestName))
	}
	var bytes int64
	for i := range members {
		bytes += max(0, members[i].info.Size)
		if s.options.exceeded(bytes) {
			return nil, fmt.Errorf("%s: more than %d bytes: %w", s.format.name(), s.options.MaxBytes, ErrLimit)
		}
	}
	return newLayout(s, members)
}

// stat sets the metadata of the members. It returns which of them are missing, or nil if none is.
func (s *source) stat(ctx context.Context, members []member) (missing map[int]bool, err error) {
	var mu sync.Mutex
	err = flight.Each(ctx, s.options.Parallel, len(members), func(ctx context.Context, i int) error {
		m := &members[i]
		info, err := m.file.Stat(ctx)
		switch {
		case err == nil && info.ContentEncoding != "":
			err = codedError(info.ContentEncoding)
		case s.options.SkipMissing && errors.Is(err, fs.ErrNotExist):
			mu.Lock()
			defer mu.Unlock()
			if missing == nil {
				missing = map[int]bool{}
			}
			missing[i] = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %q: %w", s.format.name(), m.name, err)
		}
		m.info = info
		return nil
	})
	return missing, err
}

// codedError is the error of a member that is stored under a content coding: its bytes are not those of its name.
func codedError(coding string) error {
	return fmt.Errorf("stored with Content-Encoding %q: %w", coding, errors.ErrUnsupported)
}

// withManifest returns the members that exist, and a list of the missing ones.
func withManifest(members []member, missing map[int]bool, name string) []member {
	var list []byte
	kept := make([]member, 0, len(members)-len(missing)+1)
	for i, m := range members {
		if missing[i] {
			list = append(append(list, m.name...), '\n')
		} else {
			kept = append(kept, m)
		}
	}
	return append(kept, memberOf(name, list))
}

// memberOf returns a member with content in memory.
func memberOf(name string, content []byte) member {
	info := wrapper.Info{Size: int64(len(content)), Digests: digestsOf(content)}
	return member{name: name, file: wrapper.Bytes(name, content).WithInfo(info), info: info}
}
