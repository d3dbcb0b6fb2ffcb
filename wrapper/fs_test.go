package wrapper_test

import (
	"bytes"
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

//go:embed fs_test.go
var embedded embed.FS

func TestFS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub", "a.txt"), []byte(digits), 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, root.Close()) })
	mod := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for name, fsys := range map[string]fs.FS{
		"os.Root": root.FS(),
		"memory":  fstest.MapFS{"sub/a.txt": {Data: []byte(digits), ModTime: mod}},
		"no seek": noSeek{fstest.MapFS{"sub/a.txt": {Data: []byte(digits), ModTime: mod}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := wrapper.FS(fsys, "sub/a.txt")
			info, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.NotEmpty(t, info.ETag)
			resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=3-5", IfRange: info.ETag})
			require.NoError(t, err)
			assert.Equal(t, http.StatusPartialContent, resp.Status)
			assert.Equal(t, "345", readAll(t, resp.Body))
			for _, bad := range []string{"missing", "sub", ".", "", "/sub/a.txt", "../x", "sub/../sub/a.txt", "sub/a.txt/", "sub/a.txt\x00"} {
				_, err := wrapper.FS(fsys, bad).Fetch(t.Context(), wrapper.Request{})
				assert.ErrorIs(t, err, fs.ErrNotExist, "%q", bad)
			}
		})
	}
}

func TestFSWithoutTimesHasNoValidators(t *testing.T) {
	t.Parallel()
	info, err := wrapper.FS(embedded, "fs_test.go").Stat(t.Context())
	require.NoError(t, err)
	assert.Empty(t, info.ETag)
	assert.True(t, info.ModTime.IsZero())
	assert.Positive(t, info.Size)
}

func TestFSFileRewrittenInPlaceIsErrChanged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string) error{
		"rewritten": func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte("B"), 1<<20), 0o600) },
		"truncated": func(p string) error { return os.Truncate(p, 100) },
		"appended": func(p string) error {
			f, err := os.OpenFile(p, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("more")
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "f")
			require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("A"), 1<<20), 0o600))
			r, err := wrapper.FS(os.DirFS(filepath.Dir(path)), "f").Open(t.Context(), 0, 1<<20)
			require.NoError(t, err)
			_, err = io.ReadFull(r, make([]byte, 50_000))
			require.NoError(t, err)
			require.NoError(t, change(path))
			_, err = io.ReadAll(r)
			assert.ErrorIs(t, err, wrapper.ErrChanged)
			require.NoError(t, r.Close())
		})
	}
}

func TestFSFileReplacedByRenameIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	for name, modTime := range map[string]time.Time{"": time.Now(), "I11, frozen time": time.Unix(1, 0)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "f")
			require.NoError(t, os.WriteFile(path, []byte("AAAA"), 0o600))
			require.NoError(t, os.Chtimes(path, modTime, modTime))
			r, err := wrapper.FS(os.DirFS(filepath.Dir(path)), "f").Open(t.Context(), 0, -1)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path+".new", []byte("BBBB"), 0o600))
			require.NoError(t, os.Rename(path+".new", path))
			assert.Equal(t, "AAAA", readAll(t, r))
		})
	}
}

// rsync --inplace --times, for one, restores the time.
func TestI11FileRewrittenUnderAFrozenTimeIsErrChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	write := func(content string) {
		require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte(content), 1<<20), 0o600))
		require.NoError(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)))
	}
	write("A")
	r, err := wrapper.FS(os.DirFS(filepath.Dir(path)), "f").Open(t.Context(), 0, 1<<20)
	require.NoError(t, err)
	_, err = io.ReadFull(r, make([]byte, 50_000))
	require.NoError(t, err)
	time.Sleep(20 * time.Millisecond) // the resolution of a change time
	write("B")
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, wrapper.ErrChanged)
	require.NoError(t, r.Close())
}

// noSeek is a file system whose files have no Seek.
type noSeek struct{ fs.FS }

func (n noSeek) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return struct{ fs.File }{f}, nil
}
