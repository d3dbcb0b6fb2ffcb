//go:build !race

package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// TestAllocationsOfAResponse is the budget of each kind of response, from the handler to the storage and back.
func TestAllocationsOfAResponse(t *testing.T) {
	const size = 4 << 10
	store := startS3(t, "a", size, aws.ResponseChecksumValidationWhenSupported).storage
	dir := localDirectory(t, size)
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	file := openStorage(t, "docs=file://"+dir+"?no_tmp_dir=true")
	mem := openStorage(t, "mem://")
	require.NoError(t, mem.Bucket.WriteAll(t.Context(), "a", make([]byte, size), nil))
	stat, err := store.File("a").Stat(t.Context())
	require.NoError(t, err)
	known := func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: store.File("a").WithInfo(stat)}, nil
	}
	key := func(*http.Request) string { return "a" }
	view := func(f *wrapper.File) blobdownload.View {
		return func(*http.Request) (*blobdownload.Download, error) { return &blobdownload.Download{File: f}, nil }
	}
	mounts := []proxy.Mount{{Store: store.Name, Location: "/s3/"}, {Store: file.Name, Location: "/file/"}}
	accel := &proxy.XAccel{Mounts: mounts}
	for _, c := range []struct {
		name      string
		view      blobdownload.View
		optimizer blobdownload.Optimizer
		status    int
		most      float64
	}{
		{"wrapper.FS", view(wrapper.FS(os.DirFS(dir), "a")), nil, 200, 15},
		{"a path below a root", blobdownload.PathView(root, key), nil, 200, 18},
		{"file://", blobdownload.StorageView(file, key), nil, 200, 26},
		{"mem://", blobdownload.StorageView(mem, key), nil, 200, 58},
		{"s3://", blobdownload.StorageView(store, key), nil, 200, 88},
		{"s3:// with known metadata", known, nil, 200, 88},
		{"redirect to s3://", blobdownload.StorageView(store, key), &proxy.Presign{AllowHTTP: true}, 302, 15},
		{"X-Accel-Redirect to s3://", blobdownload.StorageView(store, key), accel, 200, 15},
		{"X-Accel-Redirect to file://", blobdownload.StorageView(file, key), accel, 200, 28},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := (&blobdownload.Server{Optimizer: c.optimizer}).Handler(c.view)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/a", http.NoBody)
			w := &nowhere{header: http.Header{}}
			w.serve(handler, r)
			assert.Equal(t, c.status, w.status)
			if c.optimizer == nil {
				assert.EqualValues(t, size, w.sent)
			} else {
				assert.Zero(t, w.sent)
			}
			allocs := testing.AllocsPerRun(500, func() { w.serve(handler, r) })
			t.Logf("%.0f allocations", allocs)
			assert.LessOrEqual(t, allocs, c.most)
		})
	}
}

// localDirectory returns a directory with a file "a", whose time distinguishes its versions.
func localDirectory(t testing.TB, size int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a")
	require.NoError(t, os.WriteFile(name, make([]byte, size), 0o600))
	hourAgo := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(name, hourAgo, hourAgo))
	return filepath.Dir(name)
}

func openStorage(t testing.TB, url string) *blobdownload.Storage {
	t.Helper()
	s, err := blobdownload.OpenStorage(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	return s
}
