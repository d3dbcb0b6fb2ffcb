// Command gateway serves the objects of one or more buckets over HTTP.
//
//	gateway                                     a built-in sample
//	gateway -bucket file:///srv/docs            a directory
//	gateway -bucket docs=s3://my-docs -bucket pics=gs://my-pictures
//	gateway -bucket file:///srv/docs -optimize xaccel -mount default=/_files/
//	gateway doctor -bucket file:///srv/docs -optimize xaccel -mount default=/_files/ -edge https://files.example.com
//
// The objects of a bucket are at /f/NAME/KEY. With ?inline=1 a browser shows the object instead of saving it. / lists the
// buckets, /readyz reports whether every bucket can be read. After SIGTERM the gateway completes the downloads in flight.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
	_ "github.com/go-downloadview/downloadview/wrapper/azure" // azblob://
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"   // gs://
	_ "github.com/go-downloadview/downloadview/wrapper/s3"    // s3://
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// The exit statuses of run.
const (
	exitOK     = 0 // stopped, with every download complete
	exitFailed = 1 // serving failed, or downloads were aborted
	exitUsage  = 2 // did not start
)

// checkTimeout is the maximal time of the check that all buckets can be read.
const checkTimeout = 10 * time.Second

// run is the program. It serves until ctx is done, completes the downloads in flight and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "doctor" {
		return doctor(ctx, args[1:], getenv, stdout, stderr)
	}
	o, err := parseOptions(args, getenv)
	if errors.Is(err, errHelp) {
		usage(stdout, "Gateway serves the objects of buckets over HTTP. \"gateway doctor -h\" helps with an installation that fails.",
			func(*flag.FlagSet) {})
		return exitOK
	}
	if err != nil {
		return fail(stderr, err)
	}
	storages, err := openStorages(ctx, o.buckets)
	if err != nil {
		return fail(stderr, err)
	}
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	optimizer, err := o.offload.optimizer(storages, getenv, logger)
	if err != nil {
		closeAll(ctx, storages)
		return fail(stderr, err)
	}
	l, err := listen(ctx, o.addr)
	if err != nil {
		closeAll(ctx, storages)
		return fail(stderr, err)
	}
	fmt.Fprintf(stdout, "listening on http://%s\n", l.Addr())
	s := &site{access: access{open: true}, logger: logger, server: &blobdownload.Server{Optimizer: optimizer, Logger: logger}}
	for _, storage := range storages {
		s.buckets = append(s.buckets, &servedBucket{bucketConfig: bucketConfig{Name: storage.Name}, storage: storage})
	}
	return serve(ctx, l, s.handler(), storages, o.drain, stderr)
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

// openStorages opens the buckets, or the sample if there are none, and checks that each can be read.
func openStorages(ctx context.Context, specs []string) (blobdownload.Storages, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if len(specs) == 0 {
		s, err := sampleStorage(ctx)
		return blobdownload.Storages{s}, err
	}
	storages, err := blobdownload.OpenStorages(context.WithoutCancel(ctx), specs...)
	if err != nil {
		return nil, err
	}
	if err := storages.Check(ctx); err != nil {
		closeAll(ctx, storages)
		return nil, err
	}
	return storages, nil
}

// closeAll closes storages that were not used.
func closeAll(ctx context.Context, storages blobdownload.Storages) {
	_ = storages.Close(context.WithoutCancel(ctx))
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
