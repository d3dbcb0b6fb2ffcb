//go:build unix

package localfile_test

import (
	"context"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/localfile"
	"github.com/go-downloadview/downloadview/internal/resume"
)

const digits = "0123456789"

// openDigits opens a window of a file of digits below a root, and returns the path of the file too.
func openDigits(t *testing.T, off, n int64) (io.ReadCloser, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, []byte(digits), 0o600))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	r, err := localfile.Open(t.Context(), localfile.Root{Dir: root}, "f", off, n)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r, path
}

func TestReaderReadsAWindow(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		off, n int64
		want   string
	}{
		"whole":            {0, -1, digits},
		"window":           {2, 3, "234"},
		"to the end":       {7, -1, "789"},
		"beyond the end":   {8, 5, "89"},
		"after the end":    {11, 1, ""},
		"nothing, whole":   {10, -1, ""},
		"exactly the file": {0, 10, digits},
	} {
		r, _ := openDigits(t, tt.off, tt.n)
		got, err := io.ReadAll(r)
		require.NoError(t, err, name)
		assert.Equal(t, tt.want, string(got), name)
	}
	archive := fstest.MapFS{"f": {Data: []byte(digits)}}
	r, err := localfile.Open(t.Context(), archive, "f", 2, 3)
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Equal(t, "234", string(got))
	n, err := r.(*localfile.Reader).SendTo(nil, 1)
	require.NoError(t, err)
	assert.Zero(t, n, "the operating system cannot copy it")
	require.NoError(t, r.Close())
}

func TestReaderOfAFileThatIsWrittenFailsWithErrChanged(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.Truncate(p, 4) },
		"longer":    func(p string) error { return os.WriteFile(p, []byte(digits+"x"), 0o600) },
		"touched":   func(p string) error { return os.Chtimes(p, time.Time{}, time.Now().Add(time.Hour)) },
	} {
		r, path := openDigits(t, 0, -1)
		_, err := io.ReadFull(r, make([]byte, 2))
		require.NoError(t, err)
		require.NoError(t, write(path))
		_, err = io.Copy(io.Discard, struct{ io.Reader }{r})
		require.ErrorIs(t, err, resume.ErrChanged, name)
	}
}

func TestReaderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := localfile.Open(ctx, fstest.MapFS{"f": {Data: []byte(digits)}}, "f", 0, -1)
	require.NoError(t, err)
	cancel()
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, r.Close())
}

func TestOnlyRegularFilesBelowTheRootAreOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "root"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("s"), 0o600))
	in := func(name string) string { return filepath.Join(dir, "root", name) }
	require.NoError(t, os.Mkdir(in("dir"), 0o700))
	require.NoError(t, os.Symlink("../secret", in("escape")))
	require.NoError(t, os.Symlink("loop", in("loop")))
	require.NoError(t, syscall.Mkfifo(in("pipe"), 0o600))
	root, err := os.OpenRoot(filepath.Join(dir, "root"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	for _, name := range []string{"dir", "escape", "loop", "pipe", "missing", "../secret", "/etc/passwd", "a\x00", ""} {
		_, err := localfile.Stat(t.Context(), localfile.Root{Dir: root}, name)
		require.ErrorIs(t, err, fs.ErrNotExist, "Stat %q", name)
		_, err = localfile.Open(t.Context(), localfile.Root{Dir: root}, name, 0, -1)
		require.ErrorIs(t, err, fs.ErrNotExist, "Open %q", name)
	}
}

// An os.DirFS, which opens files without a Stat by name, opens the same files as another file system.
func TestDirFSOpensWhatOtherFileSystemsOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(in("f"), []byte(digits), 0o600))
	require.NoError(t, os.WriteFile(in("empty"), nil, 0o600))
	require.NoError(t, os.Mkdir(in("dir"), 0o700))
	require.NoError(t, os.Symlink("f", in("link")))
	require.NoError(t, os.Symlink("loop", in("loop")))
	require.NoError(t, syscall.Mkfifo(in("pipe"), 0o600))
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", in("socket"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	read := func(fsys fs.FS, name string) (string, error) {
		var r localfile.Reader
		if err := r.Open(t.Context(), fsys, name); err != nil {
			assert.NoError(t, r.Close(), "nothing is open")
			return "", err
		}
		defer func() { assert.NoError(t, r.Close()) }()
		require.NoError(t, r.Start(2, -1))
		content, err := io.ReadAll(&r)
		return string(content), err
	}
	for _, name := range []string{
		"f", "empty", "dir", "link", "loop", "pipe", "socket", "missing", "f/g", "dir/../f", "../f", "/f", ".", "", "a\x00", "proc/version",
	} {
		for _, dir := range []string{dir, dir + "/", "/", ""} {
			got, gotErr := read(os.DirFS(dir), name)
			want, wantErr := read(struct{ fs.StatFS }{os.DirFS(dir).(fs.StatFS)}, name)
			assert.Equal(t, want, got, "%q in %q", name, dir)
			assert.Equal(t, wantErr, gotErr, "%q in %q", name, dir)
		}
	}
	content, err := read(os.DirFS(dir), "link")
	require.NoError(t, err)
	assert.Equal(t, digits[2:], content)
	_, err = read(os.DirFS(dir), "pipe")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestETagNeedsATimeThatDistinguishesVersions(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, tt := range map[string]struct {
		modTime time.Time
		want    bool
	}{
		"with fractions":         {now.Add(-time.Hour).Truncate(time.Second).Add(1), true},
		"whole seconds, past":    {now.Add(-time.Hour).Truncate(time.Second), true},
		"whole seconds, current": {now.Truncate(time.Second), false},
		"epoch":                  {time.Unix(0, 0), false},
		"zip":                    {time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"two days ahead":         {now.Add(48*time.Hour + 1), false},
	} {
		fi, err := fs.Stat(fstest.MapFS{"f": {ModTime: tt.modTime}}, "f")
		require.NoError(t, err)
		assert.Equal(t, tt.want, localfile.ETag(fi) != "", name)
	}
}

func TestReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	constant := time.Unix(1, 0)
	write := func(content string) fs.FileInfo {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		require.NoError(t, os.Chtimes(path, constant, constant))
		fi, err := os.Stat(path)
		require.NoError(t, err)
		return fi
	}
	before := write("a")
	same, err := os.Stat(path)
	require.NoError(t, err)
	assert.False(t, localfile.Replaced(before, same))
	assert.True(t, localfile.Replaced(before, write("bb")), "another size")
	before = write("a")
	require.NoError(t, os.Rename(path, path+".old"))
	assert.True(t, localfile.Replaced(before, write("a")), "another file")
	assert.False(t, localfile.Replaced(before, nil))
}
