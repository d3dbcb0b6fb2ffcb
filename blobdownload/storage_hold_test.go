package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// E7: Close waits for the further ranges and entries of a response in flight.
func TestE7CloseWaitsForTheWholeResponse(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	for name, c := range map[string]struct {
		file   func(*blobdownload.Storage) *wrapper.File
		header []string
		want   int
	}{
		"ranges": {
			func(s *blobdownload.Storage) *wrapper.File { return s.File("a") },
			[]string{"Range", "bytes=0-4194303,4300000-8300000,8388607-"}, 4194304 + 4000001 + 1,
		},
		"zip": {
			func(s *blobdownload.Storage) *wrapper.File {
				return archive.Zip("a.zip", archive.Member{File: s.File("a")}, archive.Member{Name: "b", File: s.File("a")})
			},
			nil, 2 * size,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &blobdownload.Storage{Name: "docs", Bucket: memBucket(t)}
			put(t, s.Bucket, "a", "text/plain", []byte(strings.Repeat("x", size)))
			server := quietServer()
			results := make(chan blobdownload.Result, 1)
			server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
			srv := startServer(t, server.Handler(viewOf(&blobdownload.Download{File: c.file(s)})))
			resp := get(t, srv, "/", c.header...)
			head := make([]byte, 1000)
			_, err := io.ReadFull(resp.Body, head)
			require.NoError(t, err)
			closed := make(chan error, 1)
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				closed <- s.Close(ctx)
			}()
			require.Eventually(t, func() bool { // new responses are rejected
				_, err := s.File("a").Stat(t.Context())
				return err != nil && blobdownload.Status(err) == http.StatusServiceUnavailable
			}, 10*time.Second, time.Millisecond)
			n, err := io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, int(n)+len(head), c.want)
			require.NoError(t, (<-results).Err)
			require.NoError(t, <-closed)
		})
	}
}

// E7: Close waits for content that is generated for several clients, also after the first of them has left.
func TestE7CloseWaitsForAGeneration(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	s := &blobdownload.Storage{Name: "docs", Bucket: memBucket(t)}
	put(t, s.Bucket, "a", "text/plain", []byte(strings.Repeat("x", size)))
	goOn := make(chan struct{})
	gate := wrapper.Func("gate", func(_ context.Context, w io.Writer) error {
		<-goOn
		_, err := io.WriteString(w, "gate")
		return err
	})
	m := &wrapper.Materializer{Bucket: memBucket(t)}
	file := m.File(wrapper.Concat("c", s.File("a"), gate, s.File("a")), "k")
	server := quietServer()
	results := make(chan blobdownload.Result, 2)
	server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
	srv := startServer(t, server.Handler(viewOf(&blobdownload.Download{File: file})))
	first, second := get(t, srv, "/"), get(t, srv, "/")
	head := make([]byte, 1000)
	_, err := io.ReadFull(second.Body, head)
	require.NoError(t, err)
	require.NoError(t, first.Body.Close())
	require.Error(t, (<-results).Err, "the first client has left")

	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		closed <- s.Close(ctx)
	}()
	require.Eventually(t, func() bool {
		_, err := s.File("a").Stat(t.Context())
		return err != nil && blobdownload.Status(err) == http.StatusServiceUnavailable
	}, 10*time.Second, time.Millisecond)
	close(goOn)
	n, err := io.Copy(io.Discard, second.Body)
	require.NoError(t, err)
	assert.Equal(t, 2*size+len("gate"), int(n)+len(head))
	require.NoError(t, <-closed)
	require.NoError(t, m.Shutdown(t.Context()))
}
