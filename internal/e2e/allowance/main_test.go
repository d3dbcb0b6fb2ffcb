package allowance_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/docstore/awsdynamodb/v2"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/docstoreuses"
)

// The environment variables that turn the test binary into a server.
const (
	addrVar  = "DOWNLOADVIEW_ALLOWANCE_ADDR"
	filesVar = "DOWNLOADVIEW_ALLOWANCE_FILES"
	usesVar  = "DOWNLOADVIEW_ALLOWANCE_USES"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(addrVar); addr != "" {
		fmt.Fprintln(os.Stderr, serve(addr))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// serve serves the files of a directory by signed links, until the process is killed.
func serve(addr string) error {
	ctx := context.Background()
	uses, err := docstoreuses.Open(ctx, os.Getenv(usesVar))
	if err != nil {
		return err
	}
	files, err := blobdownload.OpenStorage(ctx, "files=file://"+os.Getenv(filesVar))
	if err != nil {
		return err
	}
	signer, err := newSigner(uses)
	if err != nil {
		return err
	}
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	mux := http.NewServeMux()
	mux.Handle("/dl/", signer.Require(server.Handler(blobdownload.LinkView(files))))
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>page</title>"))
	})
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return http.Serve(l, mux)
}

func newSigner(uses blobdownload.UseStore) (*blobdownload.Signer, error) {
	return blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "1", Secret: make([]byte, 32)}}, URL: "/dl/", Once: uses,
	})
}
