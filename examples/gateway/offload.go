package main

import (
	"errors"
	"flag"
	"slices"
	"strings"
)

// offload chooses how downloads are sent.
type offload struct {
	modes     []string // [BUCKET[/PREFIX/]=]MODE
	places    []string // BUCKET[/PREFIX/]=LOCATION
	app       bool     // application validators
	paths     string   // form of the paths in X-Sendfile; "" means plain
	proof     string   // FIELD=VALUE
	allowHTTP bool
	ids       bool // of requests, also in signed URLs
	cdn       cdnKeys
}

func (o *offload) flags(fs *flag.FlagSet) {
	fs.Var(&listValue{to: &o.modes, check: checkMode}, "optimize", "`MODE` or BUCKET[/PREFIX/]=MODE of sending downloads: "+
		strings.Join(modes, ", ")+";\nthe first one that matches counts (default: stream)")
	fs.Var(pairs(&o.places, "BUCKET[/PREFIX/]=LOCATION", "docs/public/=/_public/"), "mount",
		"`BUCKET[/PREFIX/]=LOCATION` where the proxy or CDN sees the paths of a bucket, such as default=/_files/;\n"+
			"default is the bucket without a name")
	fs.Var(boolean(&o.app), "own-validators",
		"use application validators: the gateway sends ETag and Last-Modified and evaluates preconditions")
	fs.Var(choice(&o.paths, "plain", "plain", "raw", "escaped"), "paths",
		"how the proxy reads X-Sendfile: raw (Apache), escaped (lighttpd) or plain (any)")
	fs.Var(text(&o.proof), "proof", "`FIELD=VALUE` that the proxy adds to requests; downloads without it are streamed")
	fs.Var(boolean(&o.allowHTTP), "allow-http", "allow http:// in presigned URLs")
	fs.Var(boolean(&o.ids), "request-ids",
		"give an id to each request without one from a trusted-proxy, and add it to presigned URLs of S3 and to those of\n"+
			"a CDN, for gateway deliveries; no cache then serves such a URL twice")
	o.cdn.flags(fs)
}

// modes are the ways of sending a download.
var modes = []string{"stream", "xaccel", "xsendfile", "presign", "xaccel-presigned", "cdn"}

func checkMode(s string) error {
	at, mode := splitMode(s)
	if !slices.Contains(modes, mode) || strings.Contains(s, "=") && at == "" {
		return errors.New("want " + strings.Join(modes, ", ") + ", or BUCKET[/PREFIX/]= and one of them")
	}
	return nil
}

// splitMode splits [BUCKET[/PREFIX/]=]MODE.
func splitMode(s string) (at, mode string) {
	i := strings.LastIndex(s, "=")
	return s[:max(i, 0)], s[i+1:]
}

// uses reports whether a mode is used.
func (o *offload) uses(mode string) bool {
	return slices.ContainsFunc(o.modes, func(s string) bool {
		_, m := splitMode(s)
		return m == mode
	})
}
