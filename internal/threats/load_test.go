package threats_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

var noModTime time.Time

const root = "../.."

// LD4, LD24, PT6, SF25: the required Go release has the fixes of net/http and os.Root.
func TestGoVersion(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"go.mod", "internal/e2e/go.mod", "examples/more/go.mod"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		m := regexp.MustCompile(`(?m)^go 1\.(\d+)\.(\d+)$`).FindSubmatch(text)
		require.NotNil(t, m, name)
		minor, _ := strconv.Atoi(string(m[1]))
		patch, _ := strconv.Atoi(string(m[2]))
		assert.GreaterOrEqual(t, minor*1000+patch, 26_006, name)
	}
}

// LD4, LD2: every server of an example limits the time of a header, and none that of a response.
func TestServersOfExamples(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir(filepath.Join(root, "examples"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, fields := range httpServers(t, path) {
			found++
			assert.Contains(t, fields, "ReadHeaderTimeout", path)
			assert.NotContains(t, fields, "WriteTimeout", path)
		}
		assert.NotContains(t, string(text), "http.ListenAndServe(", path)
		return nil
	})
	require.NoError(t, err)
	assert.Positive(t, found)
}

// httpServers returns the names of the fields that each http.Server of a file sets.
func httpServers(t *testing.T, path string) (servers [][]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if kind, ok := literal.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Server" || fmt.Sprint(kind.X) != "http" {
			return true
		}
		var fields []string
		for _, e := range literal.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				fields = append(fields, fmt.Sprint(pair.Key))
			}
		}
		servers = append(servers, fields)
		return true
	})
	return servers
}

// LD9: one connection is enough for a response with several ranges.
func TestOneConnectionIsEnough(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "a", noModTime, strings.NewReader(hundredBytes))
	}))
	t.Cleanup(s.Close)
	c := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	t.Cleanup(c.CloseIdleConnections)
	r := newBucketServer(t, serveOnly(blobdownload.Download{File: wrapper.URL(c, s.URL)}))
	for range 3 {
		got := r.do(t, http.MethodGet, "/", "Range", "bytes=0-1,50-51,98-99")
		require.NoError(t, got.err)
		assert.Equal(t, http.StatusPartialContent, got.StatusCode)
	}
	requireWhole(t, r.do(t, http.MethodGet, "/"), hundredBytes)
}

// LD10: connections to a remote server are reused.
func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	var dialled atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, hundredBytes)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			dialled.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	addr := s.Listener.Addr().(*net.TCPAddr).AddrPort()
	c := wrapper.NewGuardedClient(loopback(addr))
	t.Cleanup(c.CloseIdleConnections)
	r := newBucketServer(t, serveOnly(blobdownload.Download{File: wrapper.URL(c, s.URL)}))
	const parallel = 16
	for range 20 {
		var wg sync.WaitGroup
		for range parallel {
			wg.Go(func() { assert.Equal(t, hundredBytes, r.do(t, http.MethodGet, "/").body) })
		}
		wg.Wait()
	}
	assert.LessOrEqual(t, dialled.Load(), int64(2*parallel), "320 downloads")
}

// LD16, LD17: a panic of a driver aborts one response, and no client sees a complete one.
func TestSourceThatPanics(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, func(r *bucketServer) blobdownload.View {
		s := &blobdownload.Storage{Bucket: wrapper.NewBucket(r.bucket)}
		return func(req *http.Request) (*blobdownload.Download, error) {
			if req.URL.Path == "/panic" {
				return &blobdownload.Download{File: wrapper.FS(panickingFS{}, "a")}, nil
			}
			return blobdownload.StorageView(s, queryKey)(req)
		}
	})
	r.put(t, "a", hundredBytes)
	for range 3 {
		resp, err := r.Client().Get(r.URL + "/panic")
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		require.Error(t, err)
		requireWhole(t, r.do(t, http.MethodGet, keyTarget("a")), hundredBytes)
	}
}

// LD20: http.TimeoutHandler buffers a response, which is complete or an error.
func TestTimeoutHandler(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "a", hundredBytes)
	inner := r.Config.Handler
	r.Config.Handler = http.TimeoutHandler(inner, time.Minute, "too late")
	requireWhole(t, r.do(t, http.MethodGet, keyTarget("a")), hundredBytes)
	requireWhole(t, r.do(t, http.MethodGet, keyTarget("a")), hundredBytes)
	assert.Equal(t, 1, strings.Count(r.log.String(), "http.TimeoutHandler"), r.log)
}
