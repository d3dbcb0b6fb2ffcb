package wrapper

import (
	"context"
	"net/http"
	"path"
	"slices"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// File is named content with metadata, opened on demand. Making one opens nothing. A File is immutable and may be used by
// many goroutines at once; the methods named With… return a copy.
type File struct {
	name       string
	src        Source
	loc        Location
	known      *Info       // from WithInfo, or unknown; immutable
	described  bool        // false: known and pin are unset, so that no response is compared with them
	admission  Admission   // nil: none
	admissions []Admission // after admission

	readOptions *ReadOptions // immutable
	limiter     *Limiter
	cache       *InfoCache

	pin    string    // from WithVersion; a version, which known has too, or an entity-tag
	signer URLSigner // from WithSigner
}

// New returns a file with the given content. The name may be a path; its last element is the default file name for
// clients.
func New(name string, src Source) *File {
	f := new(File)
	f.init(name, src)
	return f
}

// init makes a zero File the file that New returns.
func (f *File) init(name string, src Source) {
	f.name, f.src, f.known, f.readOptions = name, src, &unknown, &defaultReadOptions
	if l, ok := src.(Locator); ok {
		f.loc = l.Location()
	}
}

// unknown is the metadata of a file without any from WithInfo.
var unknown = Info{Size: UnknownSize}

// knownFile is a file together with its metadata, in one allocation.
type knownFile struct {
	file File
	info Info
}

// withKnown returns a copy of the file with other metadata, which the caller may change before it returns the file.
func (f *File) withKnown(info Info) *knownFile {
	c := &knownFile{file: *f, info: info}
	c.file.known, c.file.described = &c.info, true
	return c
}

// Name returns the file's name, which may be a path.
func (f *File) Name() string { return f.name }

// Base returns the last element of the name.
func (f *File) Base() string {
	if f.name == "" {
		return ""
	}
	return path.Base(f.name)
}

// Location returns the place of the content, which optimizers' rules match.
func (f *File) Location() Location { return f.loc }

// Resolve returns the file that optimizers are given for f: the object that has the content now, with f's name and options,
// if the source is a [Resolver]. It returns f itself for any other source, and where there is no such object.
// With an error, which is a *fs.PathError, it returns f too.
func (f *File) Resolve(ctx context.Context) (*File, error) {
	r, ok := f.src.(Resolver)
	if !ok {
		return f, nil
	}
	found, err := r.Resolve(ctx)
	if err != nil || found == nil {
		return f, pathError("resolve", f.name, err)
	}
	c := found.WithInfo(*f.known)
	c.name = f.name
	if f.loc.Store != "" {
		c.loc.Store = f.loc.Store
	}
	if f.signer != nil {
		c.signer = f.signer
	}
	if f.admission != nil {
		c = c.WithAdmission(f.admission)
	}
	for _, a := range f.admissions {
		c = c.WithAdmission(a)
	}
	return c, nil
}

// Version returns the version or the entity-tag from WithVersion, or "" for the current version.
func (f *File) Version() string { return f.pin }

// Local reports whether the content is stored on this machine, so that Stat and Open use no network. It is true for bytes,
// for a file system and for buckets of Go CDK's fileblob. It is false for a URL, for any other bucket, memblob included,
// and for generated content.
func (f *File) Local() bool {
	l, ok := f.src.(LocalSource)
	return ok && l.Local()
}

// WithStore returns the file with the application's name for its storage as Location().Store.
func (f *File) WithStore(store string) *File {
	c := *f
	c.loc.Store = store
	return &c
}

// WithInfo returns the file with metadata that the application has, for example in its database. With a Size above 0 no
// request is made for metadata: 304, 412, 416 and HEAD then cost none at all. An ETag must be the storage's own, because
// reads are pinned to it. Stale metadata costs one extra request; the response is always the storage's current version.
// A Version without a Size names the version to read, as WithVersion does.
//
// Zero fields are unset. A Size of 0 is unset too: the metadata of an empty file is requested. UnknownSize drops a Size
// from before, so that metadata is requested. For generated content, Size declares the length that it will have.
func (f *File) WithInfo(info Info) *File {
	c := f.withKnown(*f.known)
	c.info.overlay(&info)
	if info.Size < 0 {
		c.info.Size = UnknownSize
	}
	return &c.file
}

// KnownInfo returns the metadata from WithInfo, without a request. Its Size is UnknownSize if none was given.
func (f *File) KnownInfo() Info { return *f.known }

// WithAdmission returns the file with a function that admits every request to its storage. Several are called in the order
// in which they were added.
func (f *File) WithAdmission(a Admission) *File {
	c := *f
	c.admit(a)
	return &c
}

func (f *File) admit(a Admission) {
	if f.admission == nil {
		f.admission = a
	} else {
		f.admissions = slices.Concat(f.admissions, []Admission{a})
	}
}

// Stat returns the metadata. It sends one request, or none if WithInfo gave a Size above 0. Errors are *fs.PathError
// values.
func (f *File) Stat(ctx context.Context) (Info, error) {
	if f.needsNoStat(ctx) {
		return *f.known, nil
	}
	info, err := f.stat(ctx)
	if err == nil && f.described {
		f.completeInfo(&info)
	}
	return info, err
}

// needsNoStat reports whether Stat returns the metadata from WithInfo.
func (f *File) needsNoStat(ctx context.Context) bool {
	return f.known.Size > 0 && !isStale(ctx)
}

type staleKey struct{}

// stale returns a context under which metadata from WithInfo and from an InfoCache is requested. A source that reads other
// files was described by theirs, which turned out to be stale.
func stale(ctx context.Context) context.Context { return context.WithValue(ctx, staleKey{}, true) }

func isStale(ctx context.Context) bool { return ctx.Value(staleKey{}) != nil }

// statVersion is Stat for a part of other content. Metadata that the version which is opened cannot be compared with is
// requested.
func (f *File) statVersion(ctx context.Context) (Info, error) {
	if f.undated(f.known) {
		ctx = stale(ctx)
	}
	return f.Stat(ctx)
}

// stat requests the metadata from the source, with retries and under FirstByteTimeout.
func (f *File) stat(ctx context.Context) (Info, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return Info{}, pathError("stat", f.name, err)
	}
	defer leave()
	src := f.src
	if f.described {
		src = f.source()
	}
	by := f.firstByteBy()
	ctx, cancel := withDeadline(ctx, by)
	defer cancel()
	var info Info
	err = resume.Retry(ctx, f.readOptions.Retries, by, retryable, func() error {
		if f.limiter != nil {
			release, err := f.limiter.acquire(ctx, f.limiter.stats)
			if err != nil {
				return err
			}
			defer release()
		}
		if !by.IsZero() {
			f.countPortable(ctx)
		}
		info, err = src.Stat(ctx)
		return err
	})
	if err == nil && f.described && !f.isVersion(http.StatusOK, &info) {
		err = errNotPinned
	}
	if err != nil {
		return Info{}, pathError("stat", f.name, err)
	}
	return info, nil
}
