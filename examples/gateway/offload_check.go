package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// check rejects unknown buckets, and settings that no mode uses.
func (o *offload) check(buckets []string) error {
	for _, element := range o.modes {
		if at, _ := splitMode(element); at != "" {
			if err := checkPlace("optimize", element, at, buckets); err != nil {
				return err
			}
		}
	}
	mounted := false
	for _, place := range o.places {
		at, location, _ := strings.Cut(place, "=")
		if err := checkPlace("mount", place, at, buckets); err != nil {
			return err
		}
		if strings.Contains(location, "://") && !o.uses("cdn") {
			return fmt.Errorf("mount: %q: a URL has no effect without optimize cdn", place)
		}
		mounted = mounted || !strings.Contains(location, "://")
	}
	for _, setting := range []struct {
		name string
		set  bool
		with []string // the modes that use it
	}{
		{"mount", mounted, []string{"xaccel", "xsendfile", "xaccel-presigned"}},
		{"own-validators", o.app, modes[1:]},
		{"paths", o.paths != "plain", []string{"xsendfile"}},
		{"proof", o.proof != "", modes[1:]},
		{"allow-http", o.allowHTTP, []string{"presign", "xaccel-presigned"}},
	} {
		if setting.set && !slices.ContainsFunc(setting.with, o.uses) {
			return fmt.Errorf("%s: has no effect without optimize %s", setting.name, strings.Join(setting.with, " or "))
		}
	}
	if o.proof != "" && !strings.Contains(o.proof, "=") {
		return errors.New("proof: want FIELD=VALUE") // without the value, which may be the secret
	}
	return o.cdn.check(o.uses("cdn"))
}

// checkPlace rejects BUCKET[/PREFIX/] of an unknown bucket or with another prefix than a folder's.
func checkPlace(setting, element, at string, buckets []string) error {
	bucket, prefix, _ := strings.Cut(at, "/")
	if !slices.Contains(buckets, bucket) {
		return fmt.Errorf("%s: %q: no bucket %q; want one of %s", setting, element, bucket, strings.Join(buckets, ", "))
	}
	if badPrefix(prefix) {
		return fmt.Errorf("%s: %q: want a prefix such as public/", setting, element)
	}
	return nil
}
