package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// doctor checks the components between the buckets and the clients of a gateway that runs with the same flags. It writes
// small objects to the buckets, and deletes them.
func doctor(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var app, edge string
	more := func(fs *flag.FlagSet) {
		fs.StringVar(&app, "app", "", "`URL` of the gateway itself, such as http://127.0.0.1:8080\n"+
			"(default: the gateway alone is not checked)")
		fs.StringVar(&edge, "edge", "", "`URL` that clients use, such as https://files.example.com")
	}
	o, err := parseOptionsWith(args, more)
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
	defer func() { _ = storages.Close(context.WithoutCancel(ctx)) }()
	if _, err := o.offload.optimizer(o.bucketConfigs(), slog.New(slog.DiscardHandler)); err != nil {
		return fail(stderr, err)
	}
	storages = o.servedPart(storages)
	faulty := false
	for _, p := range o.probers(storages, strings.TrimSuffix(app, "/"), strings.TrimSuffix(edge, "/")) {
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
