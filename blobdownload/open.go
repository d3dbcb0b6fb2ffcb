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

	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
)

// OpenStorage opens a bucket by a Go CDK URL, such as "s3://docs?region=eu-west-1" or "file:///srv/docs". A name and an
// equals sign may precede the URL, as in "docs=s3://…"; without them the name is [DefaultStorage]. A name consists of ASCII
// letters, digits and "_.-", and begins with a letter or a digit.
//
// The package that registers the scheme must be imported; otherwise the error names it. For most clouds, opening sends no
// request: call [Storage.Check] to find a missing bucket or wrong credentials. Errors contain neither the query nor the
// userinfo of the URL, which may hold credentials.
func OpenStorage(ctx context.Context, spec string) (*Storage, error) {
	name, rawURL := splitSpec(spec)
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("storage %q: not a bucket URL such as s3://bucket or file:///directory", name)
	}
	if err := checkScheme(u.Scheme); err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, err)
	}
	b, err := wrapper.OpenBucket(ctx, rawURL)
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", name, redact.Error(err))
	}
	return &Storage{Name: name, Bucket: b}, nil
}

// nameSpec matches a specification with a name.
var nameSpec = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_.-]*)=(.*)$`)

func splitSpec(spec string) (name, rawURL string) {
	if m := nameSpec.FindStringSubmatch(spec); m != nil {
		return m[1], m[2]
	}
	return DefaultStorage, spec
}

const module = "github.com/go-downloadview/downloadview"

// schemePackages maps a URL scheme to the package that registers it.
var schemePackages = map[string]string{
	"s3":     module + "/wrapper/s3",
	"gs":     module + "/wrapper/gcs",
	"azblob": module + "/wrapper/azure",
	"file":   "gocloud.dev/blob/fileblob",
	"mem":    "gocloud.dev/blob/memblob",
}

// checkScheme returns an error for a scheme without a driver. It names the package to import.
func checkScheme(scheme string) error {
	registered := blob.DefaultURLMux().BucketSchemes()
	if slices.Contains(registered, scheme) {
		return nil
	}
	if pkg, ok := schemePackages[scheme]; ok {
		return fmt.Errorf("no driver for scheme %q: import _ %q", scheme, pkg)
	}
	slices.Sort(registered)
	return fmt.Errorf("unknown scheme %q; want one of %s", scheme, strings.Join(registered, ", "))
}

// Storages are the storages of one application, with different names.
type Storages []*Storage

// OpenStorages opens one storage for each specification, as [OpenStorage] does. If one fails, or a name occurs twice, it
// closes the others and returns the error.
func OpenStorages(ctx context.Context, specs ...string) (Storages, error) {
	var all Storages
	for _, spec := range specs {
		s, err := OpenStorage(ctx, spec)
		if err == nil && all.Get(s.Name) != nil {
			err = errors.Join(fmt.Errorf("storage %q: duplicate name", s.Name), s.Close(ctx))
		}
		if err != nil {
			return nil, errors.Join(err, all.Close(ctx))
		}
		all = append(all, s)
	}
	return all, nil
}

// Get returns the storage with the name, or nil.
func (all Storages) Get(name string) *Storage {
	i := slices.IndexFunc(all, func(s *Storage) bool { return s != nil && s.Name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// checkNames returns an error for each storage that is nil, and for each name that two storages have.
func (all Storages) checkNames() error {
	var errs []error
	for i, s := range all {
		switch {
		case s == nil:
			errs = append(errs, misuse("Storages: the storage at index %d is nil", i))
		case all.Get(s.Name) != s:
			errs = append(errs, fmt.Errorf("storage %q: duplicate name", s.Name))
		}
	}
	return errors.Join(errs...)
}

// Check checks every storage as [Storage.Check] does and returns all errors, joined. A name that two storages have is an
// error too.
func (all Storages) Check(ctx context.Context) error {
	errs := []error{all.checkNames()}
	for _, s := range all {
		if s != nil {
			errs = append(errs, s.Check(ctx))
		}
	}
	return errors.Join(errs...)
}

// Close closes every storage as [Storage.Close] does, one after the other, and returns all errors, joined.
func (all Storages) Close(ctx context.Context) error {
	var errs []error
	for _, s := range all {
		if s != nil {
			errs = append(errs, s.Close(ctx))
		}
	}
	return errors.Join(errs...)
}
