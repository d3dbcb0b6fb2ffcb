package s3server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"
)

// The environment variables that turn a test binary into a server.
const (
	rootVar     = "DOWNLOADVIEW_S3SERVER_ROOT"
	versionsVar = "DOWNLOADVIEW_S3SERVER_VERSIONS"
)

// grace is the time limit of requests in flight when the server ends.
const grace = 2 * time.Second

func init() {
	root := os.Getenv(rootVar)
	if root == "" {
		return
	}
	if err := serve(root, os.Getenv(versionsVar)); err != nil {
		fmt.Fprintln(os.Stderr, "s3server:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve runs the server until standard input ends, which is at the latest when the test process ends. It prints one
// line, its address, once the server listens.
func serve(root, versions string) error {
	out := os.Stdout
	os.Stdout = os.Stderr // the backend prints there
	ready := func(addr string) { fmt.Fprintln(out, addr) }
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
		// Its shutdown waits for connections without a request, and a pool of the SDK may have such connections.
		time.Sleep(grace)
		os.Exit(0)
	}()
	if MinIO() {
		return serveMinIO(ctx, root, versions, ready)
	}
	return serveVersityGW(ctx, root, versions, ready)
}

func serveVersityGW(ctx context.Context, root, versions string, ready func(addr string)) error {
	backend, err := posix.New(root, meta.XattrMeta{}, posix.PosixOpts{VersioningDir: versions, Concurrency: 64})
	if err != nil {
		return err
	}
	for range 5 { // another process may take the port between the choice and the use
		var addr string
		if addr, err = freeAddr(ctx); err != nil {
			return err
		}
		err = embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
			RootUserAccess:    AccessKey,
			RootUserSecret:    SecretKey,
			Region:            Region,
			Ports:             []string{addr},
			MaxConnections:    1024,
			MaxRequests:       1024,
			MultipartMaxParts: 10000,
			Quiet:             true,
			KeepAlive:         true,
			S3Options:         []s3api.Option{s3api.WithOnListen(func() { ready(addr) })},
		})
		if !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
	}
	return err
}

func freeAddr(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
