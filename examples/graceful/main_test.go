package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

const size = 24 << 20 // more than the buffers of two sockets

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start returns the response to a large download, of which no byte has been read, and the end of serve.
func start(t *testing.T, drain time.Duration) (response *http.Response, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	bucket := storagetest.NewBucket(t, storagetest.Objects{"large.bin": string(make([]byte, size))})
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	end := make(chan error, 1)
	go func() {
		end <- serve(ctx, l, &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket.Bucket)}, drain)
	}()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	response, err = client.Get("http://" + l.Addr().String() + "/docs/large.bin")
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	require.Equal(t, http.StatusOK, response.StatusCode)
	return response, cancel, end
}

func TestADownloadInFlightCompletes(t *testing.T) {
	t.Parallel()
	response, stop, ended := start(t, time.Minute)
	stop()
	n, err := io.Copy(io.Discard, response.Body)
	assert.NoError(t, err)
	assert.EqualValues(t, size, n)
	assert.NoError(t, <-ended)
}

func TestADownloadIsAbortedWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	response, stop, ended := start(t, time.Millisecond)
	stop()
	assert.Error(t, <-ended)
	_, err := io.Copy(io.Discard, response.Body)
	assert.Error(t, err)
}
