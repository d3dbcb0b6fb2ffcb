package site

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Check lists the site anew and returns its faults, joined: wrong fields, a failed listing, too many keys, and pages that
// are missing or too large. Call it when the program starts, and after a deployment whose new paths must be served at once.
func (s *Site) Check(ctx context.Context) error {
	if err := s.validate(); err != nil {
		return err
	}
	called := time.Now()
	k, err := s.refresh(ctx)
	if err == nil && k.listed.Before(called) { // of a listing that was in flight
		k, err = s.refresh(ctx)
	}
	if err != nil {
		return err
	}
	errs := []error{k.notFoundErr}
	if !k.has(s.index()) {
		errs = append(errs, s.missing("Index", s.index()))
	}
	if s.Fallback != "" && !k.has(s.Fallback) {
		errs = append(errs, s.missing("Fallback", s.Fallback))
	}
	if s.NotFound != "" && !k.has(s.NotFound) {
		errs = append(errs, s.missing("NotFound", s.NotFound))
	}
	return errors.Join(errs...)
}

func (s *Site) missing(field, key string) error {
	return fmt.Errorf("site: Site.%s: the storage %q has no object %q", field, s.Storage.Name, s.Prefix+key)
}

// validate returns the faults of the fields.
func (s *Site) validate() error {
	if s.Storage == nil || s.Storage.Bucket == nil || s.Storage.Bucket.Bucket == nil {
		return fault("Storage", "nil, or without a bucket")
	}
	var errs []error
	if s.Prefix != "" && (!strings.HasSuffix(s.Prefix, "/") || blobdownload.CanonicalKey(strings.TrimSuffix(s.Prefix, "/")) != nil) {
		errs = append(errs, fault("Prefix", `%q; want the beginning of a canonical key with a slash at its end, like "www/"`, s.Prefix))
	}
	if blobdownload.CanonicalKey(s.index()) != nil || strings.Contains(s.Index, "/") {
		errs = append(errs, fault("Index", `%q; want a name without a slash, like "index.html"`, s.Index))
	}
	for field, key := range map[string]string{"Fallback": s.Fallback, "NotFound": s.NotFound} {
		if key != "" && (blobdownload.CanonicalKey(key) != nil || !s.Hidden && isHidden(key)) {
			errs = append(errs, fault(field, `%q; want a key below Prefix that is not hidden, like "404.html"`, key))
		}
	}
	if s.MaxAge < 0 {
		errs = append(errs, fault("MaxAge", "%v: negative", s.MaxAge))
	}
	if s.MaxKeys < 0 {
		errs = append(errs, fault("MaxKeys", "%d: negative", s.MaxKeys))
	}
	return errors.Join(errs...)
}

// fault returns the error of a field.
func fault(field, cause string, args ...any) error {
	return fmt.Errorf("site: Site.%s: "+cause, append([]any{field}, args...)...)
}
