package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/go-downloadview/downloadview/accesslog"
)

// logFormats are the values of -format.
var logFormats = map[string]accesslog.Format{
	"detect": accesslog.Detect, "nginx": accesslog.Nginx, "s3": accesslog.S3, "cloudfront": accesslog.CloudFront,
}

// deliveries is "gateway deliveries": it prints the downloads in logs of nginx, S3 or CloudFront.
func deliveries(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var format string
	var asJSON bool
	fs := flag.NewFlagSet("gateway deliveries", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(choice(&format, "detect", "detect", "nginx", "s3", "cloudfront"), "format",
		"`format` of the logs: detect, nginx (log_format downloads of docs/servers/nginx.conf), s3 or cloudfront")
	fs.Var(boolean(&asJSON), "json", "print a JSON object a line, and the totals on standard error")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, errHelp):
		fmt.Fprintln(stdout, "Deliveries prints the downloads that nginx, S3 or CloudFront sent, by their logs:\n"+
			"gateway deliveries FILE... A FILE may be compressed with gzip; - is the standard input.")
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return exitOK
	case err != nil:
		return fail(stderr, fmt.Errorf("deliveries: %w", shortened(err, fs)))
	case fs.NArg() == 0:
		return fail(stderr, errors.New("deliveries: no FILE; want logs of nginx, S3 or CloudFront, or - for the standard input"))
	}
	out := bufio.NewWriter(stdout)
	p := deliveryPrinter{to: out, json: asJSON}
	code := exitOK
	for _, name := range fs.Args() {
		if err := p.printFile(name, stdin, logFormats[format]); err != nil {
			code = exitFailed
			_ = out.Flush()
			fail(stderr, fmt.Errorf("deliveries: %s: %w", name, err))
		}
	}
	if asJSON {
		fmt.Fprintln(stderr, p.totals.String())
	} else {
		fmt.Fprintln(out, p.totals.String())
	}
	if err := out.Flush(); err != nil {
		fail(stderr, fmt.Errorf("deliveries: standard output: %w", err))
		return exitFailed
	}
	return code
}

// printFile prints the downloads of a log. An error of standard output is reported when it is flushed.
func (p *deliveryPrinter) printFile(name string, stdin io.Reader, format accesslog.Format) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return errors.Unwrap(err) // without the name
		}
		defer f.Close()
		in = f
	}
	text, err := decompressed(in)
	if err != nil {
		return err
	}
	log := accesslog.NewReader(text, format)
	for r, err := range log.Records() {
		if err != nil {
			p.totals.skipped += log.Skipped()
			return err
		}
		p.totals.add(&r)
		p.print(&r)
	}
	p.totals.skipped += log.Skipped()
	if log.Format() == accesslog.Detect && log.Skipped() > 0 {
		return fmt.Errorf("format: none of nginx, s3 and cloudfront; %d lines skipped", log.Skipped())
	}
	return nil
}

// decompressed returns the content of a gzip file, and other content as it is.
func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if magic, err := b.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return b, nil //nolint:nilerr // the reader of the log meets the error again, and a short file is no gzip file
	}
	return gzip.NewReader(b)
}
