//go:build !race

package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// written returns how many bytes this process has copied to its writes. The bytes of splice(2) do not count.
func written(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/io")
	require.NoError(t, err)
	_, line, found := strings.Cut(string(b), "wchar: ")
	require.True(t, found)
	var n int64
	_, err = fmt.Sscan(line, &n)
	require.NoError(t, err)
	return n
}

// attempts is how often a download is repeated until it was fast: a client that waits for its CPU has no pipe.
const attempts = 20

// The bytes of a large object pass from one socket to the other, where neither connection has TLS. A process that copied
// them would write all.
func TestLargeObjectsAreNotCopied(t *testing.T) {
	const size = 64 << 20
	for _, c := range []struct {
		name       string
		validation aws.ResponseChecksumValidation
	}{
		{"without a checksum", aws.ResponseChecksumValidationWhenRequired},
		{"with a checksum", aws.ResponseChecksumValidationWhenSupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startS3(t, "large", size, c.validation)
			least := int64(size)
			for i := 0; i < attempts && least > size/4; i++ {
				before := written(t)
				assert.EqualValues(t, size, clients(t, s.ours, 1, 1))
				least = min(least, written(t)-before)
			}
			t.Logf("%d of %d bytes were written", least, size)
			assert.LessOrEqual(t, least, int64(size/4))
		})
	}
}

// A client that stops while a pipe has bytes for it is aborted like any other, and its pipe serves others.
func TestAStoppedClientReleasesItsPipe(t *testing.T) {
	piped := false
	for i := 0; i < attempts && !piped; i++ {
		piped = stoppedClient(t)
	}
	assert.True(t, piped, "a pipe was in use")
	assertPipesAreFree(t)
}

// stoppedClient reads a quarter of an object, and reports whether it was sent through a pipe.
func stoppedClient(t *testing.T) (piped bool) {
	t.Helper()
	const size = 128 << 20 // more than what sockets hold
	results := make(chan blobdownload.Result, 1)
	s := startS3(t, "large", size, aws.ResponseChecksumValidationWhenRequired)
	server := &blobdownload.Server{
		WriteTimeout: time.Second, Logger: slog.New(slog.DiscardHandler),
		Observe: func(_ *http.Request, r blobdownload.Result) { results <- r },
	}
	url := serve(t, server.Handler(blobdownload.StorageView(s.storage, func(*http.Request) string { return "large" })))
	before := written(t)
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.CopyN(io.Discard, resp.Body, size/4)
	require.NoError(t, err)
	result := <-results
	require.ErrorIs(t, result.Err, blobdownload.ErrSlowClient)
	assert.GreaterOrEqual(t, result.Bytes, int64(size/4))
	piped = written(t)-before < size/8
	_, err = io.Copy(io.Discard, resp.Body)
	require.Error(t, err, "a short body must not end like a whole one")
	return piped
}

// maskedSource is content that is stored with every bit inverted. Its readers change the buffer that the storage's body
// has filled.
type maskedSource struct {
	wrapper.Source
	stored *wrapper.File
}

func (s maskedSource) Stat(ctx context.Context) (wrapper.Info, error) { return s.stored.Stat(ctx) }

func (s maskedSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	rc, err := s.stored.Open(ctx, off, n)
	return maskedReader{rc}, err
}

// maskedFetcher is a maskedSource that also responds to requests.
type maskedFetcher struct{ maskedSource }

func (s maskedFetcher) Fetch(ctx context.Context, req wrapper.Request) (*wrapper.Response, error) {
	resp, err := s.stored.Fetch(ctx, req)
	if err != nil || resp.Body == nil {
		return resp, err
	}
	return &wrapper.Response{Status: resp.Status, Info: resp.Info, Ranges: resp.Ranges, Body: maskedReader{resp.Body}}, nil
}

type maskedReader struct{ io.ReadCloser }

func (r maskedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	for i := range p[:n] {
		p[i] = ^p[i]
	}
	return n, err
}

// An application's reader between the storage and the client sees the bytes, which then do not pass through a pipe.
func TestReadersOfAnApplicationSeeTheBytes(t *testing.T) {
	s := startS3(t, "large", 16<<20, aws.ResponseChecksumValidationWhenRequired)
	want := get(t, s.ours)
	for i := range want {
		want[i] = ^want[i]
	}
	masked := maskedSource{stored: s.storage.File("large")}
	for name, src := range map[string]wrapper.Source{"Source": masked, "Fetcher": maskedFetcher{masked}} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, new(blobdownload.Server).Handler(func(*http.Request) (*blobdownload.Download, error) {
				return &blobdownload.Download{File: wrapper.New("masked", src)}, nil
			}))
			assert.True(t, bytes.Equal(want, get(t, url)))
		})
	}
}
