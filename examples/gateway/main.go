// Command gateway serves the objects of one or more buckets over HTTP.
//
//	gateway                                     a built-in sample
//	gateway -bucket file:///srv/docs            a directory
//	gateway -bucket docs=s3://my-docs -bucket pics=gs://my-pictures
//	gateway -bucket file:///srv/docs -optimize xaccel -mount default=/_files/
//	gateway -config gateway.yaml                every flag as a setting, also in the environment as GATEWAY_NAME
//	gateway deliveries access.log               what nginx, S3 or CloudFront sent, by their logs
//	gateway doctor -bucket file:///srv/docs -optimize xaccel -mount default=/_files/ -edge https://files.example.com
//
// The objects of a bucket are at /f/NAME/KEY. With ?inline=1 a browser shows the object instead of saving it. / lists the
// buckets, /readyz reports whether every bucket can be read. After SIGTERM or SIGHUP the gateway completes the
// downloads in flight. docs/gateway.md describes the settings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://

	"github.com/go-downloadview/downloadview/internal/redact"
)

func main() {
	// SIGHUP ends a terminal's session, and is no reason to abort downloads.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses of run.
const (
	exitOK     = 0 // stopped, with every download complete
	exitFailed = 1 // serving failed, or downloads were aborted
	exitUsage  = 2 // did not start
)

// run is the program: a command, or the server.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "config":
			return printConfig(args[1:], stdout, stderr)
		case "deliveries":
			return deliveries(args[1:], os.Stdin, stdout, stderr)
		case "doctor":
			return doctor(ctx, args[1:], stdout, stderr)
		case "sign":
			return signCommand(args[1:], stdout, stderr)
		case "version":
			fmt.Fprintln(stdout, version())
			return exitOK
		}
	}
	return start(ctx, args, stdout, stderr)
}

// start serves until ctx is done, completes the downloads in flight and returns the exit status.
func start(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args)
	if errors.Is(err, errHelp) {
		usage(stdout, "Gateway serves the objects of buckets over HTTP. Further commands, each with -h: gateway config prints the\n"+
			"configuration in force, deliveries the downloads in a log of nginx, S3 or CloudFront, sign a signed link, version the\n"+
			"version; doctor checks an installation.",
			func(*flag.FlagSet) {})
		return exitOK
	}
	if err != nil {
		return fail(stderr, err)
	}
	logger := o.log.logger(stderr)
	secure, err := o.tls.load(logger)
	if err != nil {
		return fail(stderr, fmt.Errorf("tls-cert: %w", err))
	}
	g, err := o.open(ctx, logger)
	if err != nil {
		return fail(stderr, err)
	}
	l, err := o.listen(ctx)
	if err != nil {
		return fail(stderr, errors.Join(err, g.close(ctx)))
	}
	scheme := "http"
	if secure != nil {
		scheme = "https"
	}
	fmt.Fprintf(stdout, "listening on %s://%s\n", scheme, l.files.Addr())
	return g.serve(ctx, l, secure, o, stderr)
}

// fail prints in one line why the program does not start.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "gateway:", oneLine(err))
	return exitUsage
}

func oneLine(err error) string {
	lines := strings.FieldsFunc(redact.Text(err.Error()), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, "; ")
}

// defaultAddr is where the gateway listens by default. If it is in use, the gateway listens on a free port.
const defaultAddr = "127.0.0.1:8080"

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	if addr != "" {
		return lc.Listen(ctx, "tcp", addr)
	}
	l, err := lc.Listen(ctx, "tcp", defaultAddr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return lc.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	return l, err
}
