// Package azureserver starts Azurite, Microsoft's emulator of Azure Blob Storage. It verifies signatures and
// evaluates preconditions.
package azureserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// The emulator's published development account.
const (
	Account = "devstoreaccount1"
	Key     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// Server is a running emulator.
type Server struct{ addr string }

// Addr returns the host and port of the emulator.
func (s *Server) Addr() string { return s.addr }

// Via returns the server with another address.
func (s *Server) Via(addr string) *Server { return &Server{addr: addr} }

// Start starts an emulator, which stops when the test ends. If it is not installed, the test is skipped; with
// CI=true it fails.
func Start(t *testing.T) *Server {
	t.Helper()
	binary := find()
	if binary == "" {
		installed.Missing(t, "azurite is not installed (npm package azurite, by make servers)")
	}
	for range 5 {
		if addr := start(t, binary); addr != "" {
			return &Server{addr: addr}
		}
	}
	t.Fatal("azurite did not start on any of five ports")
	return nil
}

// find looks in the directory of make servers, then in PATH.
func find() string {
	_, file, _, _ := runtime.Caller(0)
	local := filepath.Join(filepath.Dir(file), "..", "..", "..", ".cache", "azurite", "node_modules", ".bin", "azurite-blob")
	if _, err := os.Stat(local); err == nil {
		return local
	}
	path, err := exec.LookPath("azurite-blob")
	if err != nil {
		return ""
	}
	return path
}

// start returns the address of the emulator, or "" if it ended before it listened.
func start(t *testing.T, binary string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "--silent", "--skipApiVersionCheck", "--disableTelemetry",
		"--blobHost", "127.0.0.1", "--blobPort", port, "--location", t.TempDir())
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() {
		cancel()
		<-exited
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		select {
		case <-exited:
			t.Log("azurite:", log.String())
			return ""
		case <-time.After(50 * time.Millisecond):
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return addr
		}
	}
	return ""
}

// Bucket opens a new container with a transport, and returns its URL.
func (s *Server) Bucket(t *testing.T, name string, transport policy.Transporter) (*blob.Bucket, string) {
	t.Helper()
	cred, err := container.NewSharedKeyCredential(Account, Key)
	require.NoError(t, err)
	url := fmt.Sprintf("http://%s/%s/%s", s.addr, Account, name)
	c, err := container.NewClientWithSharedKeyCredential(url, cred, &container.ClientOptions{
		ClientOptions: azcore.ClientOptions{Transport: transport},
	})
	require.NoError(t, err)
	_, err = c.Create(t.Context(), nil)
	if re, ok := errors.AsType[*azcore.ResponseError](err); !ok || re.StatusCode != http.StatusConflict {
		require.NoError(t, err)
	}
	b, err := azureblob.OpenBucket(t.Context(), c, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() }) // closed already where a prefixed bucket was made of it
	return b, url
}
