// Command conformance serves the fixtures of package conformance from a storage, for tables of HTTP cases. It uses
// the public packages only.
//
//	conformance -storage s3 -addr 127.0.0.1:8080 -fixtures /tmp/corpus/files
//
// It serves HTTP/1.1 and, with prior knowledge, HTTP/2. It prints its URL once it listens, and stops on SIGINT and
// SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:0", "where to listen")
	dir := flags.String("fixtures", "", "directory of the fixtures, with fixtures.json beside it, or of both; else those that are built in")
	kind := flags.String("storage", "mem", "where they are served from: mem, file or s3")
	if err := flags.Parse(args); err != nil {
		return err
	}
	fixtures, err := load(*dir)
	if err != nil {
		return err
	}
	storage, err := open(ctx, *kind)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.close()) }()
	offered, err := site.New(ctx, storage.Storage, storage.root, fixtures)
	if err != nil {
		return err
	}
	if err := storage.date(fixtures); err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "listening on http://%s\n", l.Addr())
	return serve(ctx, l, offered.Handler())
}

// load returns the fixtures of a directory. Its files must match its manifest.
func load(dir string) ([]conformance.Fixture, error) {
	if dir == "" {
		return conformance.Fixtures()
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "fixtures.json"))
	if err == nil { // the directory has both
		dir = filepath.Join(dir, "files")
	} else {
		manifest, err = os.ReadFile(filepath.Join(filepath.Dir(dir), "fixtures.json"))
	}
	if err != nil {
		return nil, err
	}
	fixtures, err := conformance.ReadManifest(manifest)
	if err != nil {
		return nil, err
	}
	for i := range fixtures {
		f := &fixtures[i]
		content, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			return nil, err
		}
		if string(content) != string(f.Bytes()) {
			return nil, fmt.Errorf("fixture %q differs from its manifest", f.Name)
		}
	}
	return fixtures, nil
}

// drainTime is the time limit of downloads in flight after a signal.
const drainTime = 5 * time.Second

func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{Handler: h, Protocols: &protocols, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		done <- srv.Shutdown(drain)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
