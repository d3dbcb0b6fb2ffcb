package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// get sends a request to a handler, without a network.
func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
	return w
}

func handlerOf(t *testing.T, keys map[string]string) http.Handler {
	t.Helper()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	for key, content := range keys {
		require.NoError(t, b.WriteAll(t.Context(), key, []byte(content), &blob.WriterOptions{DisableContentTypeDetection: true}))
	}
	logger := slog.New(slog.DiscardHandler)
	s := &site{
		buckets: []*servedBucket{{
			bucketConfig: bucketConfig{Name: "docs"},
			storage:      &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(b)},
		}},
		access: access{open: true}, server: &blobdownload.Server{Logger: logger}, logger: logger,
	}
	return s.handler()
}

func TestRunServesTheSample(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run(ctx, []string{"-addr", "127.0.0.1:0"}, stdout, io.Discard)
		_ = stdout.Close()
	}()
	var url string
	_, err := fmt.Fscanf(out, "listening on %s\n", &url)
	require.NoError(t, err)
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	resp, err := (&http.Client{Transport: tr}).Get(url + "/f/default/report.pdf")
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	want, err := sample.ReadFile("sample/report.pdf")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, "application/pdf", resp.Header.Get("Content-Type"))
	cancel()
	assert.Equal(t, exitOK, <-exit)
	more, err := io.ReadAll(out)
	require.NoError(t, err)
	assert.Empty(t, more)
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var stdout, stderr strings.Builder
	assert.Equal(t, exitOK, run(t.Context(), []string{"-h"}, &stdout, &stderr))
	assert.Empty(t, stderr.String())
	for _, flag := range []string{"-bucket URL", "-addr host:port", "-drain duration"} {
		assert.Contains(t, stdout.String(), flag)
	}
}

func TestSampleHoldsTheFiles(t *testing.T) {
	t.Parallel()
	require.NoError(t, fstest.TestFS(sample, "sample/empty.dat", "sample/pictures/disc.png",
		"sample/media/day.webm", "sample/odd names/100% naïve + odd #1.txt"))
	s, err := sampleStorage(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.Check(t.Context()))
	require.NoError(t, s.Close(t.Context()))
}
