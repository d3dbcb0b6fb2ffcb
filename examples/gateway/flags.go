package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are those of the command line and the environment.
type options struct {
	buckets []string // URL or name=URL; empty means the sample
	addr    string   // "" means defaultAddr, or a free port
	drain   time.Duration
	offload offload
}

var errHelp = flag.ErrHelp

func flags(o *options) *flag.FlagSet {
	fs := flag.NewFlagSet("gateway", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Func("bucket", "`URL` or name=URL of a bucket, such as s3://docs or file:///srv/docs; may be repeated\n"+
		"(default: the URLs in BUCKET_URL, separated by spaces; else a sample)",
		func(s string) error {
			o.buckets = append(o.buckets, s)
			return nil
		})
	fs.StringVar(&o.addr, "addr", "", "`host:port` to listen on; port 0 means a free port\n"+
		"(default "+defaultAddr+", or a free port if that is in use)")
	fs.DurationVar(&o.drain, "drain", 30*time.Second, "how long downloads in flight may take to complete after SIGTERM")
	o.offload.flags(fs)
	return fs
}

func parseOptions(args []string, getenv func(string) string) (*options, error) {
	return parseOptionsWith(args, getenv, func(*flag.FlagSet) {})
}

// parseOptionsWith parses the flags that more adds, too.
func parseOptionsWith(args []string, getenv func(string) string, more func(*flag.FlagSet)) (*options, error) {
	var o options
	fs := flags(&o)
	more(fs)
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; use -bucket for a bucket", fs.Arg(0))
	}
	if o.drain < 0 {
		return nil, errors.New("-drain: negative")
	}
	if len(o.buckets) == 0 {
		o.buckets = strings.Fields(getenv("BUCKET_URL"))
	}
	return &o, nil
}

func usage(w io.Writer, what string, more func(*flag.FlagSet)) {
	fmt.Fprintln(w, what)
	fs := flags(new(options))
	more(fs)
	fs.SetOutput(w)
	fs.PrintDefaults()
}
