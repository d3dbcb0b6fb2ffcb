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
	"github.com/go-downloadview/downloadview/proxy/probe"
)

// doctor checks the components between the buckets and the clients of a gateway that runs with the same flags. It writes
// small objects to the buckets, and deletes them.
func doctor(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	var app, edge string
	more := func(fs *flag.FlagSet) {
		fs.StringVar(&app, "app", "", "`URL` of the gateway itself, such as http://127.0.0.1:8080\n"+
			"(default: the gateway alone is not checked)")
		fs.StringVar(&edge, "edge", "", "`URL` that clients use, such as https://files.example.com")
	}
	o, err := parseOptionsWith(args, getenv, more)
	if errors.Is(err, errHelp) {
		usage(stdout, "Doctor checks the components between the buckets and the clients of a gateway. Start it with the gateway's\n"+
			"flags and with -edge and -app. It writes two small objects to each bucket and deletes them.", more)
		return exitOK
	}
	if err == nil && edge == "" {
		err = errors.New("-edge is not set; want the public URL")
	}
	if err == nil {
		err = errors.Join(absolute("app", app), absolute("edge", edge))
	}
	if err == nil && len(o.buckets) == 0 {
		err = errors.New("-bucket: not set; want the gateway's flags")
	}
	if err != nil {
		return fail(stderr, err)
	}
	storages, err := blobdownload.OpenStorages(ctx, o.buckets...)
	if err != nil {
		fmt.Fprintln(stdout, "storage:", oneLine(err))
		return exitFailed
	}
	defer closeAll(ctx, storages)
	if _, err := o.offload.optimizer(storages, getenv, slog.New(slog.DiscardHandler)); err != nil {
		return fail(stderr, err)
	}
	faulty := false
	for _, p := range o.offload.probers(storages, strings.TrimSuffix(app, "/"), strings.TrimSuffix(edge, "/")) {
		for _, finding := range p.Run(ctx) {
			faulty = true
			fmt.Fprintf(stdout, "%s: %s\n", p.Storage.Name, finding.String())
		}
	}
	if faulty {
		return exitFailed
	}
	fmt.Fprintln(stdout, "all components work")
	return exitOK
}

// absolute rejects the value of a flag that is neither empty nor an absolute URL.
func absolute(name, value string) error {
	u, err := url.Parse(value)
	if value == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return fmt.Errorf("-%s %q: not an absolute URL; want one like http://127.0.0.1:8080", name, value)
}

// probers returns one for each mount, or for each storage if there are no mounts.
func (o *offload) probers(storages blobdownload.Storages, app, edge string) (all []*probe.Prober) {
	mode := map[string]probe.Mode{
		"xaccel": probe.Offload, "xsendfile": probe.Offload, "xaccel-presigned": probe.Offload,
		"presign": probe.Redirect, "cdn": probe.Redirect,
	}[o.mode]
	add := func(s *blobdownload.Storage, prefix string, locations ...string) {
		p := &probe.Prober{Storage: s, Prefix: prefix, PublicURL: edge + "/f/" + s.Name + "/", Mode: mode, Locations: locations}
		if app != "" {
			p.AppURL = app + "/f/" + s.Name + "/"
		}
		if name, value, ok := strings.Cut(o.proof, "="); ok {
			p.Header = http.Header{name: {value}}
		}
		if o.app || o.mode == "xsendfile" { // as the optimizer does
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
