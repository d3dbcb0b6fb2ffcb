package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// check rejects contradictions and unknown buckets before anything is opened.
func (o *options) check() error {
	if err := checkBuckets(o.buckets); err != nil {
		return err
	}
	buckets := o.names()
	for _, list := range []struct {
		name     string
		elements []string
	}{{"title", o.titles}, {"prefix", o.prefixes}, {"show-hidden", o.hidden}} {
		if err := checkNames(list.name, list.elements, buckets); err != nil {
			return err
		}
	}
	for _, element := range o.prefixes {
		if _, prefix, _ := strings.Cut(element, "="); badPrefix(prefix) {
			return fmt.Errorf("prefix: %q: want a prefix such as docs=public/", element)
		}
	}
	for _, listen := range []struct{ name, addr string }{{"addr", o.addr}, {"metrics-addr", o.metricsAddr}} {
		if _, _, err := net.SplitHostPort(listen.addr); listen.addr != "" && err != nil {
			return fmt.Errorf("%s: %q: want host:port", listen.name, listen.addr)
		}
	}
	for _, check := range []func() error{
		o.tls.check,
		func() error { return o.access.check(buckets) },
		func() error { return o.links.check(o.access.mode != "open", o.access.allowSign) },
		func() error { return o.offload.check(buckets) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// names returns the names of the buckets.
func (o *options) names() (all []string) {
	for _, b := range o.bucketConfigs() {
		all = append(all, b.Name)
	}
	return all
}

// checkNames rejects elements, NAME or NAME=VALUE, whose bucket is unknown or has an element before.
func checkNames(setting string, elements, buckets []string) error {
	var seen []string
	for _, element := range elements {
		name, _, _ := strings.Cut(element, "=")
		if !slices.Contains(buckets, name) {
			return fmt.Errorf("%s: no bucket %q; want one of %s", setting, name, strings.Join(buckets, ", "))
		}
		if slices.Contains(seen, name) {
			return fmt.Errorf("%s: bucket %q is set twice", setting, name)
		}
		seen = append(seen, name)
	}
	return nil
}

// badPrefix reports whether a prefix is neither empty nor that of a folder.
func badPrefix(prefix string) bool {
	folder, ok := strings.CutSuffix(prefix, "/")
	return prefix != "" && (!ok || blobdownload.CanonicalKey(folder) != nil)
}

// publicURL returns an absolute URL without a path, or an error.
func publicURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("want a URL such as https://files.example.com")
	}
	return u, nil
}
