package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// doctor finds out which link is broken between the buckets and the clients of a gateway that runs with the
// same flags. It writes small objects into the buckets, and deletes them.
func doctor(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var app, edge string
	more := func(fs *flag.FlagSet) {
		fs.StringVar(&app, "app", "", "`URL` of the gateway itself, such as http://127.0.0.1:8080; it is not asked without")
		fs.StringVar(&edge, "edge", "", "`URL` that clients use, such as https://files.example.com")
	}
	o, err := parseOptionsWith(args, getenv, more)
	if errors.Is(err, errHelp) {
		usage(stdout, "Doctor finds out which link is broken between buckets and the clients of a gateway: start it with the\n"+
			"gateway's own flags, and with these two. It writes two small objects into each bucket and deletes them.", more)
		return exitOK
	}
	if err == nil && edge == "" {
		err = errors.New("doctor needs -edge, the URL that clients use")
	}
	if err == nil {
		err = errors.Join(absolute("app", app), absolute("edge", edge))
	}
	if err == nil && len(o.buckets) == 0 {
		err = errors.New("doctor needs the -bucket flags of the gateway")
	}
	if err != nil {
		return fail(stderr, err)
	}
	storages, err := blobdownload.OpenStorages(ctx, o.buckets...)
	if err != nil {
		fmt.Fprintln(stdout, "storage:", oneLine(err))
		return exitCut
	}
	defer closeAll(ctx, storages)
	if _, err := o.offload.optimizer(storages, getenv, slog.New(slog.DiscardHandler)); err != nil {
		return fail(stderr, err)
	}
	sick := false
	for _, probe := range o.offload.probes(storages, strings.TrimSuffix(app, "/"), strings.TrimSuffix(edge, "/")) {
		for _, finding := range probe.Run(ctx) {
			sick = true
			fmt.Fprintf(stdout, "%s: %s\n", probe.Storage.Name, finding.String())
		}
	}
	if sick {
		return exitCut
	}
	fmt.Fprintln(stdout, "all links work")
	return exitOK
}

// absolute refuses what a flag holds unless it is an absolute URL, or nothing.
func absolute(name, value string) error {
	u, err := url.Parse(value)
	if value == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return fmt.Errorf("-%s %q is not a URL such as http://127.0.0.1:8080", name, value)
}

// probes are one for each mount, or for each storage where there is none.
func (o *offload) probes(storages blobdownload.Storages, app, edge string) (all []*proxy.Probe) {
	mode := map[string]proxy.ProbeMode{
		"xaccel": proxy.ProbeHeader, "xsendfile": proxy.ProbeHeader, "xaccel-presigned": proxy.ProbeHeader,
		"presign": proxy.ProbeRedirect, "cdn": proxy.ProbeRedirect,
	}[o.mode]
	add := func(s *blobdownload.Storage, prefix string, locations ...string) {
		p := &proxy.Probe{Storage: s, Prefix: prefix, Edge: edge + "/b/" + s.Name + "/", Mode: mode, Locations: locations}
		if app != "" {
			p.App = app + "/b/" + s.Name + "/"
		}
		if name, value, ok := strings.Cut(o.proof, "="); ok {
			p.Header = http.Header{name: {value}}
		}
		if o.own || o.mode == "xsendfile" { // as the optimizer does
			p.Validators = blobdownload.AppValidators
		}
		all = append(all, p)
	}
	for _, m := range o.mounts {
		if s := storages.Get(m.Store); s != nil {
			var locations []string
			if o.mode == "xaccel" || o.mode == "xaccel-presigned" {
				locations = []string{m.Location}
			}
			add(s, m.Prefix, locations...)
		}
	}
	if len(all) == 0 {
		for _, s := range storages {
			add(s, "")
		}
	}
	return all
}
