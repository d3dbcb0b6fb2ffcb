package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// checkBuckets rejects elements, URL or NAME=URL, that are no URL, have an unknown scheme or a name twice. Its errors have the name
// alone, because a URL may have secrets.
func checkBuckets(elements []string) error {
	seen := map[string]bool{}
	for _, element := range elements {
		name, text := splitBucket(element)
		u, err := url.Parse(text)
		if err != nil || u.Scheme == "" {
			return fmt.Errorf("bucket: %q: not a bucket URL such as s3://bucket or file:///directory", name)
		}
		if schemes := blob.DefaultURLMux().BucketSchemes(); !slices.Contains(schemes, u.Scheme) {
			slices.Sort(schemes)
			return fmt.Errorf("bucket: %q: unknown scheme %q; want one of %s", name, u.Scheme, strings.Join(schemes, ", ")+schemesHint)
		}
		if seen[name] {
			return fmt.Errorf("bucket: %q: duplicate name", name)
		}
		seen[name] = true
	}
	return nil
}

// bucketConfigs returns the buckets in their order. Without any it is the sample, whose URL is "".
func (o *options) bucketConfigs() []bucketConfig {
	specs := o.buckets
	if len(specs) == 0 {
		specs = []string{""}
	}
	all := make([]bucketConfig, 0, len(specs))
	for _, spec := range specs {
		name, url := splitBucket(spec)
		b := bucketConfig{Name: name, URL: url, Title: valueOf(o.titles, name), Prefix: valueOf(o.prefixes, name)}
		for _, hidden := range o.hidden {
			b.Hidden = b.Hidden || hidden == name
		}
		all = append(all, b)
	}
	return all
}

var nameSpec = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_.-]*)=(.*)$`)

// splitBucket splits NAME=URL as blobdownload.OpenStorage does: an equals sign inside of a URL is no separator.
func splitBucket(spec string) (name, url string) {
	if m := nameSpec.FindStringSubmatch(spec); m != nil {
		return m[1], m[2]
	}
	return blobdownload.DefaultStorage, spec
}

// valueOf returns the VALUE of the element NAME=VALUE, or "".
func valueOf(elements []string, name string) string {
	for _, element := range elements {
		if value, ok := strings.CutPrefix(element, name+"="); ok {
			return value
		}
	}
	return ""
}
