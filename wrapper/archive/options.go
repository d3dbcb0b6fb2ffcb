package archive

import (
	"cmp"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Options configure an archive. The zero value is a sensible default.
type Options struct {
	// SkipMissing leaves out members that do not exist. The archive then ends with a member ManifestName that lists their
	// names. Without it, a missing member fails the request with fs.ErrNotExist, a 404.
	SkipMissing bool

	// ManifestName is the name of the list of missing members. "" means "MISSING.txt".
	ManifestName string

	// Checksums stores the CRC-32 values that were computed while a zip archive was sent. nil means a cache of 16 MiB in
	// memory, which all archives of the program share.
	Checksums Checksums

	// Parallel is the maximum number of requests in flight of one archive. 0 means 32.
	Parallel int

	// ReadAhead is the maximum number of bytes of small members, up to 1 MiB each, that one download requests in advance
	// and holds in memory. All downloads of a program hold up to 256 MiB. 0 means 8 MiB, a negative number turns
	// read-ahead off. Members that are stored on this machine are not read ahead.
	ReadAhead int64

	// MaxMembers is the maximum number of members. 0 means 100,000, a negative number no limit. A request for an archive
	// of more members fails with ErrLimit.
	MaxMembers int

	// MaxBytes is the maximum sum of the sizes of the members. 0 means no limit. A request for an archive of more bytes
	// fails with ErrLimit. Members of unknown length do not count.
	MaxBytes int64
}

// Zip returns a zip archive of members, with the zero Options. Names are made safe and unique, as [Member] describes.
func Zip(name string, members ...Member) *wrapper.File { return Options{}.Zip(name, members...) }

// Tar returns a tar archive of members in the pax format, with the zero Options. Names are made safe and unique, as
// [Member] describes. A member of unknown length fails with errors.ErrUnsupported, because its header contains the length.
func Tar(name string, members ...Member) *wrapper.File { return Options{}.Tar(name, members...) }

// Zip returns a zip archive of members.
func (o Options) Zip(name string, members ...Member) *wrapper.File {
	return o.file(name, zipFormat{}, members)
}

// Tar returns a tar archive of members in the pax format.
func (o Options) Tar(name string, members ...Member) *wrapper.File {
	return o.file(name, tarFormat{}, members)
}

func (o Options) file(name string, f format, members []Member) *wrapper.File {
	o.ManifestName = cmp.Or(o.ManifestName, "MISSING.txt")
	o.Parallel = cmp.Or(o.Parallel, 32)
	o.ReadAhead = cmp.Or(o.ReadAhead, 8<<20)
	o.MaxMembers = cmp.Or(o.MaxMembers, 100_000)
	if o.Checksums == nil {
		o.Checksums = shared
	}
	return wrapper.New(name, &source{name: name, options: o, format: f, members: members}).
		WithInfo(wrapper.Info{ContentType: f.mediaType(), Size: wrapper.UnknownSize})
}
