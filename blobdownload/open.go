package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// OpenStorage opens a bucket by a Go CDK URL: "s3://docs?region=eu-west-1", "file:///srv/docs". The URL may
// be preceded by a name and an equals sign, "docs=s3://…"; without one the storage is called
// "default". The package that brings a scheme must be imported; the error says which one. Opening asks
// most clouds nothing: [Storage.Check] does.
func OpenStorage(ctx context.Context, spec string) (*Storage, error) {
	name, rawURL := splitSpec(spec)
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("storage %q: not a bucket URL such as s3://bucket or file:///directory", name)
	}
	if err := knownScheme(u.Scheme); err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, err)
	}
	b, err := wrapper.OpenBucket(ctx, rawURL)
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, redactedError{err})
	}
	return &Storage{Name: name, Bucket: b}, nil
}

var nameSpec = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_.-]*)=(.*)$`)

func splitSpec(spec string) (name, rawURL string) {
	if m := nameSpec.FindStringSubmatch(spec); m != nil {
		return m[1], m[2]
	}
	return DefaultStorage, spec
}

const module = "github.com/go-downloadview/downloadview"

// bringers are the packages that register a URL scheme.
var bringers = map[string]string{
	"s3":     module + "/wrapper/s3",
	"gs":     module + "/wrapper/gcs",
	"azblob": module + "/wrapper/azure",
	"file":   "gocloud.dev/blob/fileblob",
	"mem":    "gocloud.dev/blob/memblob",
}

func knownScheme(scheme string) error {
	known := blob.DefaultURLMux().BucketSchemes()
	if slices.Contains(known, scheme) {
		return nil
	}
	if bringer, ok := bringers[scheme]; ok {
		return fmt.Errorf("no driver for scheme %q: import _ %q", scheme, bringer)
	}
	slices.Sort(known)
	return fmt.Errorf("unknown scheme %q; known are %s", scheme, strings.Join(known, ", "))
}

// redactedError tells an error without the queries of its URLs, which may hold credentials.
type redactedError struct{ err error }

func (e redactedError) Error() string { return redact(e.err.Error()) }
func (e redactedError) Unwrap() error { return e.err }

// Storages are several storages of one application, each under its own name.
type Storages []*Storage

// OpenStorages opens one storage a specification, as OpenStorage does. When one fails, none stays open.
func OpenStorages(ctx context.Context, specs ...string) (Storages, error) {
	var all Storages
	for _, spec := range specs {
		s, err := OpenStorage(ctx, spec)
		if err == nil && all.Get(s.Name) != nil {
			err = errors.Join(fmt.Errorf("storage %q: the name is given twice", s.Name), s.Close(ctx))
		}
		if err != nil {
			return nil, errors.Join(err, all.Close(ctx))
		}
		all = append(all, s)
	}
	return all, nil
}

// Get returns the storage of a name, or nil.
func (all Storages) Get(name string) *Storage {
	i := slices.IndexFunc(all, func(s *Storage) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// Check checks every storage and returns all that is wrong.
func (all Storages) Check(ctx context.Context) error {
	var errs []error
	for _, s := range all {
		errs = append(errs, s.Check(ctx))
	}
	return errors.Join(errs...)
}

// Close closes every storage as [Storage.Close] does.
func (all Storages) Close(ctx context.Context) error {
	var errs []error
	for _, s := range all {
		errs = append(errs, s.Close(ctx))
	}
	return errors.Join(errs...)
}
