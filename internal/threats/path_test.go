package threats_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

// PT10: a symlink that changes between lookup and open cannot escape the root.
func TestSwappedLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "secret"), "secret")
	writeFile(t, filepath.Join(dir, "root", "in"), "inside")
	root, err := os.OpenRoot(filepath.Join(dir, "root"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	link := filepath.Join(dir, "root", "link")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			tmp := link + "new"
			_ = os.Symlink([]string{"in", "../secret"}[i%2], tmp)
			_ = os.Rename(tmp, link)
		}
	})
	inside := 0
	for range 10_000 {
		resp, err := wrapper.Root(root, "link").Fetch(t.Context(), wrapper.Request{})
		if err != nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
			continue
		}
		b := make([]byte, 10)
		n, _ := resp.Body.Read(b)
		require.NoError(t, resp.Close())
		require.Equal(t, "inside", string(b[:n]))
		inside++
	}
	close(stop)
	wg.Wait()
	assert.Positive(t, inside)
}

// PT13: a file with content that reports a size of 0 is rejected, not sent as empty.
func TestFilesOfTheKernel(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot("/proc/self")
	if err != nil {
		t.Skip("no /proc here")
	}
	t.Cleanup(func() { _ = root.Close() })
	r := newBucketServer(t, func(*bucketServer) blobdownload.View { return blobdownload.PathView(root, queryKey) })
	for _, name := range []string{"status", "environ", "cmdline"} {
		assert.Equal(t, http.StatusNotFound, r.do(t, http.MethodGet, keyTarget(name)).StatusCode, name)
	}
}

// PT14, PT20, PT22, PT25, PT26: a key is literal, decoded once, and names one object of one bucket.
func TestKeysAreLiteral(t *testing.T) {
	t.Parallel()
	shared := t.TempDir()
	writeFile(t, filepath.Join(shared, "other", "secret"), "secret")
	writeFile(t, filepath.Join(shared, "docs", "d", "a"), "nested")
	writeFile(t, filepath.Join(shared, "docs", "a[b]*?"), "literal")
	writeFile(t, filepath.Join(shared, "docs", "ab"), "glob")
	bucket, err := fileblob.OpenBucket(filepath.Join(shared, "docs"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = bucket.Close() })
	var checked []string
	r := newBucketServer(t, func(*bucketServer) blobdownload.View {
		s := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
		return blobdownload.StorageView(s, queryKey).Authorized(func(r *http.Request) error {
			checked = append(checked, queryKey(r))
			return nil
		})
	})
	for k, want := range map[string]int{
		"d/a": 200, "ab": 200, "a[b]*?": 404, "a*": 404, "a?": 404, "d/%61": 404, "d%2Fa": 404,
		"../other/secret": 404, "/d/a": 404, "d//a": 404, "d/a/": 404, "d/../d/a": 404, "a\x00b": 404, "\xff": 404, "": 404, ".": 404,
	} {
		if k == "a[b]*?" {
			continue // fileblob escapes these characters: the file on disk belongs to another key
		}
		checked = nil
		got := r.do(t, http.MethodGet, keyTarget(k))
		assert.Equal(t, want, got.StatusCode, "%q", k)
		assert.NotContains(t, got.body, "secret")
		assert.Equal(t, []string{k}, checked, "the checked key is the opened one")
	}
	require.NoError(t, bucket.WriteAll(t.Context(), "x[y]*?", []byte("literal"), nil))
	require.NoError(t, bucket.WriteAll(t.Context(), "xy", []byte("glob"), nil))
	assert.Equal(t, "literal", r.do(t, http.MethodGet, keyTarget("x[y]*?")).body)
	assert.Equal(t, "literal", r.do(t, http.MethodGet, "/?key=x%5by%5d*%3f").body)
}

// failingFS is a file system whose every operation fails.
type failingFS struct{ err error }

func (f failingFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: "/srv/private/" + name, Err: f.err}
}

// PT24, LD22, CC13: a failure of a disk is not "not found", and its cause is not in the response.
func TestFailuresOfTheDisk(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		syscall.EMFILE: 503, syscall.ENFILE: 503, syscall.EIO: 502, syscall.ESTALE: 502, syscall.ENOSPC: 502,
		syscall.EACCES: 403, syscall.ENOENT: 404, errors.New("driver speaks of /srv/private"): 502,
	} {
		r := newBucketServer(t, serveOnly(blobdownload.Download{File: wrapper.FS(failingFS{err}, "a")}))
		got := r.do(t, http.MethodGet, "/")
		assert.Equal(t, want, got.StatusCode, "%v", err)
		assert.Equal(t, http.StatusText(want)+"\n", got.body)
		for name, values := range got.Header {
			assert.NotContains(t, values[0], "/srv", name)
		}
	}
}
