package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// generation counts the generators that run, and the bytes that they have generated.
type generation struct {
	running   atomic.Int64
	generated atomic.Int64
	ended     chan error // one error for each generator
}

func newGeneration() *generation { return &generation{ended: make(chan error, 10)} }

// files returns endless content. Each kind ends in one of the ways in which a generator can notice that its client left.
func (g *generation) files() map[string]*wrapper.File {
	block := make([]byte, 1000)
	write := func(w io.Writer) error {
		n, err := w.Write(block)
		g.generated.Add(int64(n))
		return err
	}
	begin := func() func(error) {
		g.running.Add(1)
		return func(err error) {
			g.running.Add(-1)
			g.ended <- err
		}
	}
	return map[string]*wrapper.File{
		"writes": wrapper.Func("f", func(_ context.Context, w io.Writer) (err error) {
			end := begin()
			for err == nil {
				err = write(w)
			}
			end(err)
			return err
		}),
		"waits": wrapper.Func("f", func(ctx context.Context, w io.Writer) error {
			end := begin()
			err := write(w)
			<-ctx.Done()
			end(ctx.Err())
			return err
		}),
		"yields": wrapper.Seq("f", func(yield func([]byte, error) bool) {
			end := begin()
			for yield(block, nil) {
				g.generated.Add(int64(len(block)))
			}
			end(nil)
		}),
	}
}

// The generator ends as soon as the request's context does: no time passes until all goroutines are idle.
func TestGeneratorEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	for kind := range newGeneration().files() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newGeneration()
				ctx, leave := context.WithCancel(t.Context())
				client := &stalledWriter{recordingWriter: newRecordingWriter(), gone: ctx.Done()}
				served := make(chan any)
				go func() {
					defer func() { served <- recover() }()
					_ = quietServer().Serve(client, request(t, "GET", "/").WithContext(ctx), &blobdownload.Download{File: g.files()[kind]})
				}()
				synctest.Wait()
				assert.EqualValues(t, 1, g.running.Load())
				assert.NotZero(t, g.generated.Load())
				assert.Less(t, g.generated.Load(), int64(256<<10), "a generator waits for its client")
				leave()
				synctest.Wait()
				assert.Zero(t, g.running.Load())
				assert.Equal(t, http.ErrAbortHandler, <-served)
			})
		})
	}
}

// stalledWriter is a client that accepts nothing until it is gone.
type stalledWriter struct {
	*recordingWriter
	gone <-chan struct{}
}

func (w *stalledWriter) Write([]byte) (int, error) {
	<-w.gone
	return 0, io.ErrClosedPipe
}

func TestGeneratorEndsWithItsClient(t *testing.T) {
	t.Parallel()
	for kind := range newGeneration().files() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			g := newGeneration()
			srv := startServer(t, quietServer().Handler(viewOf(&blobdownload.Download{File: g.files()[kind]})))
			resp := get(t, srv, "/")
			_, err := io.ReadFull(resp.Body, make([]byte, 500))
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			if err := <-g.ended; kind != "yields" {
				require.Error(t, err)
			}
			assert.Zero(t, g.running.Load())
		})
	}
}

// A Server.Shutdown that runs out of time aborts the downloads of generated content, and with the last one its generation.
func TestZ8GenerationEndsWithShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bucket := memblob.OpenBucket(nil)
		defer bucket.Close()
		g := newGeneration()
		m := &wrapper.Materializer{Bucket: wrapper.NewBucket(bucket)}
		f := m.File(g.files()["waits"], "k")
		server := quietServer()
		served := make(chan any, 3)
		for range cap(served) {
			go func() {
				defer func() { served <- recover() }()
				_ = server.Serve(newRecordingWriter(), request(t, "GET", "/"), &blobdownload.Download{File: f})
			}()
		}
		synctest.Wait()
		require.EqualValues(t, 1, g.running.Load(), "one generation for all")
		expired, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorContains(t, server.Shutdown(expired), "3 downloads")
		synctest.Wait()
		assert.Zero(t, g.running.Load())
		for range cap(served) {
			assert.Equal(t, http.ErrAbortHandler, <-served)
		}
		require.NoError(t, m.Shutdown(t.Context()), "no generation is in flight")
		stored, err := bucket.Exists(t.Context(), "k")
		require.NoError(t, err)
		assert.False(t, stored)
		require.ErrorContains(t, server.Serve(newRecordingWriter(), request(t, "GET", "/"), &blobdownload.Download{File: f}), "shutting down")
	})
}
