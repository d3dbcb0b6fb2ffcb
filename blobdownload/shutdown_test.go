package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestShutdownWaits(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := quietServer()
	srv := startServer(t, server.Handler(viewOf(&blobdownload.Download{File: blockedFile(release)})))
	resp := inFlight(t, get(t, srv, "/"))
	down := make(chan error)
	go func() { down <- server.Shutdown(t.Context()) }()
	require.Eventually(t, func() bool { return get(t, srv, "/").StatusCode == http.StatusServiceUnavailable }, 10*time.Second, time.Millisecond)
	select {
	case err := <-down:
		t.Fatalf("did not wait: %v", err)
	default:
	}
	close(release)
	assert.Equal(t, "end\n", bodyText(t, resp))
	require.NoError(t, <-down)
	require.NoError(t, server.Shutdown(t.Context()), "a second time")
}

func TestShutdownAbortsAfterItsDeadline(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	results := make(chan blobdownload.Result, 2)
	server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
	mux := http.NewServeMux()
	mux.Handle("/held", server.Handler(viewOf(&blobdownload.Download{File: blockedFile(nil)})))
	mux.Handle("/", server.Handler(viewOf(&blobdownload.Download{File: zeroFile(64<<20, 0)})))
	srv := startServer(t, mux)
	resp := inFlight(t, get(t, srv, "/held"))
	stalledClient(t, srv, false)
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := server.Shutdown(ctx)
		return err == nil || strings.Contains(err.Error(), "downloads aborted")
	}, 10*time.Second, time.Millisecond)
	_, err := io.ReadAll(resp.Body)
	require.Error(t, err, "a part must not look like the whole")
	for range 2 {
		r := <-results
		assert.Error(t, r.Err)
	}
	assert.Contains(t, log.String(), "shutting down")
}

// The deadline of a write must not replace the one with which Shutdown aborts the download.
func TestShutdownAbortsADownloadBetweenTwoWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := quietServer()
		client := &shutdownDuringWrite{slowClient: &slowClient{recordingWriter: newRecordingWriter(), rate: 1, stopAt: 1}}
		client.discard = true
		client.shutdown = func() {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			assert.ErrorContains(t, server.Shutdown(ctx), "1 downloads")
		}
		began := time.Now()
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			_ = server.Serve(client, httptest.NewRequest(http.MethodGet, "/", http.NoBody), &blobdownload.Download{File: zeroFile(64<<20, 0)})
		})
		assert.Equal(t, began, time.Now(), "the write waited for the client")
	})
}
