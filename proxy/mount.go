package proxy

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Mount says where somebody else sees the objects of a storage: those under Prefix are seen at At, by what
// follows Prefix in their keys.
type Mount struct {
	Store  string // name of the storage; "default" for one that was given none
	Prefix string // of keys, with a slash at its end; "" for all

	// At is a path with a slash at its end for XAccel ("/_files/"), an absolute directory for XSendfile
	// ("/srv/files"), the beginning of a URL for CDN ("https://cdn.example.com/files/").
	Location string

	// Keys says how keys became names of files. The zero value fits a directory of Go CDK's fileblob and
	// a bucket that is mounted by FUSE alike, and leaves the few keys to be streamed that each names
	// otherwise.
	Keys KeyForm
}

// KeyForm is how the names of files are made of keys.
type KeyForm uint8

const (
	// PlainKeys are names as they are. A key that some storage stores under another name (control
	// characters, empty segments, "../", what reads as an escape of fileblob's) is not found by it.
	PlainKeys KeyForm = iota

	// FileBlobKeys are escaped as fileblob does: "a//b" lies at "a/__0x2f__b".
	FileBlobKeys
)

// mounts are those of one optimizer. None contains another, neither as it is stored nor as it is seen.
type mounts []Mount

// find returns the mount of a file, and the segments of its path below it. It reports false for a file that
// lies in none, or under a name that cannot be told to anybody without doubt.
func (all mounts) find(loc wrapper.Location) (*Mount, []string, bool) {
	for i := range all {
		m := &all[i]
		if m.Store != loc.Store || !strings.HasPrefix(loc.Key, m.Prefix) {
			continue
		}
		key, ok := m.Keys.name(loc.Key)
		rest, below := strings.CutPrefix(key, m.Prefix)
		if !ok || !below {
			return nil, nil, false
		}
		segments := strings.Split(rest, "/")
		return m, segments, servable(segments)
	}
	return nil, nil, false
}

// validate checks what all kinds of mounts have in common; seen returns an error for a wrong At.
func (all mounts) validate(field string, seen func(at string) error) error {
	if len(all) == 0 {
		return fault(field, "is empty: nothing can ever be handed over")
	}
	var errs []error
	for i := range all {
		errs = append(errs, all[i].validate(fmt.Sprintf("%s[%d].", field, i), seen))
	}
	for i := range all {
		for j := range i {
			if err := all[i].overlaps(&all[j]); err != nil {
				errs = append(errs, fmt.Errorf("%s[%d] and [%d]: %w", field, j, i, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (m *Mount) validate(of string, seen func(at string) error) error {
	switch {
	case m.Store == "":
		return fault(of+"Store", `is empty: name the storage ("default" is the one without a name)`)
	case m.Prefix != "" && !strings.HasSuffix(m.Prefix, "/"):
		return fault(of+"Prefix", "%q has no slash at its end: it would also take in %q", m.Prefix, m.Prefix+"-private/x")
	case m.Prefix != "" && !fs.ValidPath(strings.TrimSuffix(m.Prefix, "/")):
		return fault(of+"Prefix", "%q is not the beginning of a canonical key, such as \"public/\"", m.Prefix)
	case m.Keys > FileBlobKeys:
		return fault(of+"Keys", "is %d, which is neither PlainKeys nor FileBlobKeys", m.Keys)
	case m.Location == "":
		return fault(of+"At", "is empty")
	}
	if err := seen(m.Location); err != nil {
		return fault(of+"At", "%q %w", m.Location, err)
	}
	return nil
}

func (m *Mount) overlaps(o *Mount) error {
	if m.Store == o.Store && within(m.Prefix, o.Prefix) {
		return fault("Prefix", "%q and %q of Store %q overlap: a key would have two places", o.Prefix, m.Prefix, m.Store)
	}
	if within(strings.TrimSuffix(m.Location, "/")+"/", strings.TrimSuffix(o.Location, "/")+"/") {
		return fault("At", "%q and %q overlap: a place would hold two files", o.Location, m.Location)
	}
	return nil
}

// within reports whether one of two prefixes contains the other.
func within(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }
