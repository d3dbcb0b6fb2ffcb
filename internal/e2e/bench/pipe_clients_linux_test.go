package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/splice"
)

// pipedWriter is middleware that changes what happens to blocks of a pipe. It forwards all other blocks.
type pipedWriter struct {
	http.ResponseWriter
	piped *atomic.Int64 // blocks
	block func(dst io.ReaderFrom, p *splice.Pipe) (int64, error)
}

func (w pipedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w pipedWriter) ReadFrom(r io.Reader) (int64, error) {
	dst := w.ResponseWriter.(io.ReaderFrom)
	if p, ok := r.(*splice.Pipe); ok {
		w.piped.Add(1)
		if w.block != nil {
			return w.block(dst, p)
		}
	}
	return dst.ReadFrom(r)
}

// pipeWriters handle a block of a pipe as some middleware does.
var pipeWriters = map[string]func(dst io.ReaderFrom, p *splice.Pipe) (int64, error){
	"forwards": nil,
	"copies": func(dst io.ReaderFrom, p *splice.Pipe) (int64, error) {
		return io.Copy(struct{ io.Writer }{dst.(io.Writer)}, struct{ io.Reader }{p})
	},
	"copies a part": func(dst io.ReaderFrom, p *splice.Pipe) (int64, error) {
		return io.Copy(struct{ io.Writer }{dst.(io.Writer)}, io.LimitReader(p, 20_000))
	},
	"panics":         func(io.ReaderFrom, *splice.Pipe) (int64, error) { panic(http.ErrAbortHandler) },
	"copies nothing": func(io.ReaderFrom, *splice.Pipe) (int64, error) { return 0, nil },
	"loses bytes at the deadline": func(dst io.ReaderFrom, p *splice.Pipe) (int64, error) {
		b := make([]byte, 64<<10)
		n, _ := io.ReadFull(p, b)
		n, _ = dst.(io.Writer).Write(b[:n*2/3])
		return int64(n), os.ErrDeadlineExceeded
	},
	"loses bytes": func(dst io.ReaderFrom, p *splice.Pipe) (int64, error) {
		b := make([]byte, 64<<10)
		n, _ := io.ReadFull(p, b)
		n, err := dst.(io.Writer).Write(b[:n*2/3])
		return int64(n), err
	},
}

// A client of a pipe receives a prefix of the requested range, and the end of a response only after all of it. Clients pipeline,
// pause, close half of their connection, and leave. Middleware copies, panics, and loses bytes. All pipes remain usable.
func TestRandomClientsOfPipes(t *testing.T) {
	const trials, parallel = 120, 4
	var want []byte
	var urls [2]string
	var piped atomic.Int64
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	for i, validation := range []aws.ResponseChecksumValidation{
		aws.ResponseChecksumValidationWhenRequired, aws.ResponseChecksumValidationWhenSupported,
	} {
		s := startS3(t, "large", 3<<20, validation)
		want = get(t, s.ours)
		h := server.Handler(blobdownload.StorageView(s.storage, func(*http.Request) string { return "large" }))
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(pipedWriter{w, &piped, pipeWriters[r.Header.Get("Middleware")]}, r)
		}))
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.Start()
		t.Cleanup(srv.Close)
		urls[i] = srv.Listener.Addr().String()
	}
	seeds := make(chan uint64)
	var clients sync.WaitGroup
	for range parallel {
		clients.Go(func() {
			for seed := range seeds {
				if err := pipeClient(rand.New(rand.NewPCG(seed, 0)), urls[seed%2], want); err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
	for seed := range uint64(trials) {
		seeds <- seed
	}
	close(seeds)
	clients.Wait()
	require.NoError(t, server.Shutdown(t.Context()))
	t.Log(piped.Load(), "blocks of pipes")
	assert.Positive(t, piped.Load(), "blocks of pipes")
	assertPipesAreFree(t)
}

// assertPipesAreFree asserts that no download has a pipe, and that all are empty.
func assertPipesAreFree(t *testing.T) {
	t.Helper()
	var pipes []*splice.Pipe
	for p := splice.Take(); p != nil; p = splice.Take() {
		assert.Zero(t, p.Len())
		pipes = append(pipes, p)
	}
	for _, p := range pipes {
		splice.Put(p)
	}
	assert.Len(t, pipes, splice.Limit)
}

// pipeClient pipelines some requests on one connection. It reads all of the responses, or leaves in the middle.
func pipeClient(r *rand.Rand, addr string, want []byte) error {
	c, err := net.Dial("tcp4", addr)
	if err != nil {
		return err
	}
	conn := c.(*net.TCPConn)
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	names := slices.Sorted(maps.Keys(pipeWriters))
	var windows [][]byte
	for range 1 + r.IntN(3) {
		name, off, n := "forwards", 0, len(want)
		if r.IntN(2) == 0 {
			name = names[r.IntN(len(names))]
		}
		ranged := ""
		if r.IntN(2) == 0 {
			off = r.IntN(len(want))
			n = 1 + r.IntN(len(want)-off)
			ranged = fmt.Sprintf("Range: bytes=%d-%d\r\n", off, off+n-1)
		}
		windows = append(windows, want[off:off+n])
		_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n%sMiddleware: %s\r\n\r\n", ranged, name)
	}
	leaves := r.IntN(4 * len(want))
	pauses := r.IntN(len(want))
	if r.IntN(8) == 0 {
		_ = conn.CloseWrite() // net/http cancels the request
	}
	in := bufio.NewReader(conn)
	b := make([]byte, 1+r.IntN(200<<10))
	for i, window := range windows {
		resp, err := http.ReadResponse(in, &http.Request{Method: http.MethodGet})
		if err != nil {
			return nil // the response before was aborted
		}
		if resp.StatusCode/100 != 2 || resp.ContentLength != int64(len(window)) {
			return fmt.Errorf("response %d: status %d, %d bytes", i, resp.StatusCode, resp.ContentLength)
		}
		read := 0
		for {
			n, err := resp.Body.Read(b)
			if !bytes.Equal(b[:n], window[read:min(read+n, len(window))]) {
				return fmt.Errorf("response %d: other bytes after %d of %d", i, read, len(window))
			}
			if read += n; err == io.EOF {
				break
			}
			if err != nil {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					return fmt.Errorf("response %d: stalled after %d of %d", i, read, len(window))
				}
				return nil
			}
			if leaves -= n; leaves < 0 {
				_ = conn.SetLinger(0)
				return nil
			}
			if pauses -= n; pauses < 0 {
				pauses = 4 * len(want)
				time.Sleep(60 * time.Millisecond) // more than a slow block
			}
		}
		if read != len(window) {
			return fmt.Errorf("response %d: ended after %d of %d", i, read, len(window))
		}
	}
	return nil
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return b
}
