package main

import (
	"flag"
	"fmt"
	"io"
	"time"
)

// options are the configuration: what flags, environment and file have set.
type options struct {
	flags  *flag.FlagSet  // with these values
	config string         // file
	lines  map[string]int // of the settings in force that the file has set

	buckets  []string // URL or NAME=URL; empty means the sample
	titles   []string // NAME=TITLE
	prefixes []string // NAME=PREFIX
	hidden   []string // NAME

	addr        string // "" means defaultAddr, or a free port
	metricsAddr string
	drain       time.Duration
	tls         tlsFiles
	log         logOptions
	limits      limits
	access      accessOptions
	links       linkOptions
	offload     offload
}

var errHelp = flag.ErrHelp

// flags returns the settings as flags. Their names are those of the file and, in capitals, of the environment.
func flags(o *options) *flag.FlagSet {
	fs := flag.NewFlagSet("gateway", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(text(&o.config), "config", "YAML `file` with settings under these names; a flag and the environment win over it")

	fs.Var(anything(&o.buckets), "bucket",
		"`URL` or NAME=URL of a bucket, such as docs=s3://my-docs or file:///srv/docs (default: a sample)")
	fs.Var(pairs(&o.titles, "NAME=TITLE", "docs=Documents"), "title", "`NAME=TITLE`: the bucket's name for people")
	fs.Var(pairs(&o.prefixes, "NAME=PREFIX/", "docs=public/"), "prefix",
		"`NAME=PREFIX/`: the only keys of the bucket that are served; paths begin after it")
	fs.Var(anything(&o.hidden), "show-hidden", "`NAME` of a bucket whose keys with an element that begins with a dot are served, too")

	fs.Var(text(&o.addr), "addr", "`host:port` to listen on; port 0 means a free port\n"+
		"(default "+defaultAddr+", or a free port if that is in use)")
	fs.Var(text(&o.metricsAddr), "metrics-addr", "`host:port` of /metrics, /healthz and /readyz alone\n"+
		"(default: at addr, /metrics only with access open)")
	fs.Var(duration(&o.drain, 30*time.Second, 0), "drain",
		"`duration` that downloads in flight may take to complete after SIGTERM or SIGHUP")
	o.tls.flags(fs)
	o.log.flags(fs)
	o.limits.flags(fs)
	o.access.flags(fs)
	o.links.flags(fs)
	o.offload.flags(fs)
	return fs
}

func usage(w io.Writer, what string, more func(*flag.FlagSet)) {
	fmt.Fprintln(w, what)
	fs := flags(new(options))
	more(fs)
	fs.SetOutput(w)
	fs.PrintDefaults()
}
