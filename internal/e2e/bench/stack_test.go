//go:build !race

package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fixedStacks is a value of GODEBUG: the runtime's first stacks of goroutines are 2 KiB, instead of the mean of those that the last
// collection has scanned.
const fixedStacks = "adaptivestackstart=0"

// HTTP/2 has a new goroutine for each request. Its stack grows by copies: those to 8 KiB were 2 % of the cost of a small
// response. A response for a local file fits into 4 KiB, as one of http.ServeFile does. It is measured in a process of its own.
func TestStackOfAHandler(t *testing.T) {
	if os.Getenv("GODEBUG") != fixedStacks {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStackOfAHandler$", "-test.v")
		child.Env = append(os.Environ(), "GODEBUG="+fixedStacks)
		out, err := child.CombinedOutput()
		require.NoError(t, err, "%s", out)
		t.Logf("%s", out)
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection shrinks stacks
	dir := localDirectory(t, 1<<10)
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	storage := openStorage(t, "docs=file://"+dir+"?no_tmp_dir=true")
	key := func(*http.Request) string { return "a" }
	empty := stackOfHandlers(t, func(wait func()) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { wait() })
	})
	for name, view := range map[string]blobdownload.View{
		"wrapper.FS": func(*http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: wrapper.FS(os.DirFS(dir), "a")}, nil
		},
		"a path below a root": blobdownload.PathView(root, key),
		"file://":             blobdownload.StorageView(storage, key),
	} {
		t.Run(name, func(t *testing.T) {
			stack := stackOfHandlers(t, func(wait func()) http.Handler {
				server := &blobdownload.Server{Observe: func(_ *http.Request, r blobdownload.Result) {
					assert.NoError(t, r.Err)
					wait()
				}}
				return server.Handler(view)
			})
			t.Logf("%d B, an empty handler %d B", stack, empty)
			assert.Less(t, stack-empty, int64(2<<10)) // a stack of 8 KiB is 4 KiB more
		})
	}
}

// stackOfHandlers returns the bytes of stack for each of many streams of HTTP/2 whose handlers wait.
func stackOfHandlers(t *testing.T, handler func(wait func()) http.Handler) int64 {
	t.Helper()
	const streams = 200
	release := make(chan struct{})
	var waiting, clients sync.WaitGroup
	waiting.Add(streams)
	mux := http.NewServeMux()
	mux.Handle("/{name}", handler(func() {
		waiting.Done()
		<-release
	}))
	srv := httptest.NewUnstartedServer(mux)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	get := func(path string) {
		resp, err := srv.Client().Get(srv.URL + path)
		if !assert.NoError(t, err) {
			return
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		assert.NoError(t, err)
		assert.Equal(t, 2, resp.ProtoMajor)
	}
	get("/")     // connects
	runtime.GC() // frees the stacks of earlier handlers
	before := stackInUse()
	for range streams {
		clients.Go(func() { get("/a") })
	}
	waiting.Wait()
	after := stackInUse()
	close(release)
	clients.Wait()
	return (after - before) / streams
}

func stackInUse() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.StackInuse)
}
