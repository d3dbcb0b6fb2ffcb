package proxy

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/go-downloadview/downloadview/internal/diskname"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Mount maps the keys of a storage to the locations of a proxy or a CDN: a key under Prefix is seen at Location, by the
// rest of the key.
type Mount struct {
	// Store is the name of the storage; "default" is the storage without a name. If two buckets have the name, neither
	// is offloaded.
	Store  string
	Prefix string // of the keys, with a slash at its end; "" means all keys

	// Location is, with a slash at its end, the path of an internal location for XAccel ("/_files/") or the beginning
	// of a URL for CDN ("https://cdn.example.com/files/"). For XSendfile it is an absolute directory ("/srv/files").
	Location string

	// Keys is how file names are made from keys. The zero value fits a directory of Go CDK's fileblob and a bucket
	// mounted by FUSE. Keys whose names differ between the two are streamed.
	Keys KeyForm
}

// mounts are the mounts of one optimizer. No two of them overlap, neither in keys nor in locations.
type mounts []Mount

// find returns the mount of a file, and the path segments of the file below the mount. It reports false for a file in
// no mount, and for a file whose name is ambiguous.
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

// validate checks what all kinds of mounts have in common. The function location returns what is wrong with a Location.
func (all mounts) validate(field string, location func(string) error) error {
	if len(all) == 0 {
		return fault(field, "empty: no download can be offloaded")
	}
	var errs []error
	for i := range all {
		errs = append(errs, all[i].validate(fmt.Sprintf("%s[%d].", field, i), location))
	}
	for i := range all {
		for j := range i {
			errs = append(errs, all[i].overlaps(&all[j], fmt.Sprintf("%s[%d] and [%d]", field, j, i)))
		}
	}
	return errors.Join(errs...)
}

func (m *Mount) validate(of string, location func(string) error) error {
	switch {
	case m.Store == "":
		return fault(of+"Store", `empty; want the name of a storage ("default" is the one without a name)`)
	case m.Prefix != "" && !strings.HasSuffix(m.Prefix, "/"):
		return fault(of+"Prefix", "%q has no slash at its end: it would match %q", m.Prefix, m.Prefix+"-private/x")
	case m.Prefix != "" && !fs.ValidPath(strings.TrimSuffix(m.Prefix, "/")):
		return fault(of+"Prefix", "%q is not the beginning of a canonical key; want one like \"public/\"", m.Prefix)
	case m.Keys > FileBlobKeys:
		return fault(of+"Keys", "%d; want PlainKeys or FileBlobKeys", m.Keys)
	case m.Location == "":
		return fault(of+"Location", "empty")
	}
	if err := location(m.Location); err != nil {
		return fault(of+"Location", "%q %w", m.Location, err)
	}
	return nil
}

func (m *Mount) overlaps(o *Mount, pair string) error {
	if m.Store == o.Store && within(m.Prefix, o.Prefix) {
		return fault(pair, "Prefix %q and %q of Store %q overlap: a key would have two locations", o.Prefix, m.Prefix, m.Store)
	}
	if within(strings.TrimSuffix(m.Location, "/")+"/", strings.TrimSuffix(o.Location, "/")+"/") {
		return fault(pair, "Location %q and %q overlap: a location would have two files", o.Location, m.Location)
	}
	return nil
}

// within reports whether one of two prefixes contains the other.
func within(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// KeyForm is how file names are made from keys.
type KeyForm uint8

const (
	// PlainKeys are names as they are. They exclude keys that fileblob escapes: with control characters, empty
	// segments, "../" or what reads as an escape.
	PlainKeys KeyForm = iota

	// FileBlobKeys are escaped as Go CDK's fileblob escapes them: the name of "a//b" is "a/__0x2f__b".
	FileBlobKeys
)

// name returns the file name of a key, or false if it is ambiguous.
func (k KeyForm) name(key string) (string, bool) {
	if !utf8.ValidString(key) {
		return "", false
	}
	name := diskname.OfKey(key)
	return name, k == FileBlobKeys || name == key && !strings.ContainsFunc(key, isControl)
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
