package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A signal during a download ends the program after the download.
func TestADownloadInFlightEndsBeforeTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := make([]byte, 32<<20)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large.bin"), content, 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, signal := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "file://"+filepath.ToSlash(dir), listener) }()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/docs/large.bin", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	signal()
	select {
	case err := <-ended:
		require.Fail(t, "the program ended during a download", err)
	case <-time.After(50 * time.Millisecond):
	}
	n, err := io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	assert.EqualValues(t, len(content), n)
	assert.NoError(t, <-ended)
}
