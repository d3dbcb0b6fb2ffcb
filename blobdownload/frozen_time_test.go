package blobdownload_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"

	_ "gocloud.dev/blob/fileblob"
)

// frozenTimes are modification times that versions of a file share.
var frozenTimes = map[string]time.Time{
	"ostree, FUSE without times":     time.Unix(0, 0),
	"Nix, Guix":                      time.Unix(1, 0),
	"zip":                            time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	"zip in another zone":            time.Date(1979, 12, 31, 16, 0, 0, 0, time.UTC),
	"npm":                            time.Date(1985, 10, 26, 8, 15, 0, 0, time.UTC),
	"before 1970":                    time.Unix(-1, 0),
	"days ahead":                     time.Now().Add(48 * time.Hour),
	"recent, at a coarse resolution": time.Now().Add(time.Hour).Truncate(time.Second),
}

// localFiles returns one file of a directory, described in each way in which local files are described.
func localFiles(t *testing.T, dir, name string) map[string]func() *wrapper.File {
	t.Helper()
	root := openRoot(t, dir)
	opened, err := wrapper.OpenBucket(t.Context(), "file://"+filepath.ToSlash(dir)+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, opened.Close()) })
	adopted := fileBucket(t, dir)
	return map[string]func() *wrapper.File{
		"root":             func() *wrapper.File { return wrapper.Root(root, name) },
		"file system":      func() *wrapper.File { return wrapper.FS(os.DirFS(dir), name) },
		"opened bucket":    func() *wrapper.File { return opened.File(name) },
		"bucket of Go CDK": func() *wrapper.File { return adopted.File(name) },
	}
}

func TestI11FrozenTimesAreNoValidators(t *testing.T) {
	t.Parallel()
	for kind, frozen := range frozenTimes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write := func(content string) {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte(content), 0o600))
				require.NoError(t, os.Chtimes(filepath.Join(dir, "a.txt"), frozen, frozen))
			}
			for name, file := range localFiles(t, dir, "a.txt") {
				write("version 1")
				h := quietServer().Handler(func(*http.Request) (*blobdownload.Download, error) {
					return &blobdownload.Download{File: file()}, nil
				})
				first := exchange(t, h, "GET", "/")
				require.Equal(t, 200, first.StatusCode, name)
				assert.NotContains(t, first.Header, "Etag", name)
				assert.NotContains(t, first.Header, "Last-Modified", name)
				write("version 2")
				for _, condition := range [][2]string{
					{"If-None-Match", `"3b9aca00-9"`},
					{"If-Modified-Since", frozen.UTC().Format(http.TimeFormat)},
				} {
					again := exchange(t, h, "GET", "/", condition[0], condition[1])
					assert.Equal(t, 200, again.StatusCode, "%s: %s", name, condition[0])
				}
				for _, validator := range []string{`"3b9aca00-9"`, frozen.UTC().Format(http.TimeFormat)} {
					resumed := exchange(t, h, "GET", "/", "Range", "bytes=8-", "If-Range", validator)
					assert.Equal(t, 200, resumed.StatusCode, name)
					assert.Equal(t, "version 2", bodyText(t, resumed), name)
				}
			}
		})
	}
}

func TestI11ArchivesAndEmbeddedFilesWithoutTimesHaveNoValidators(t *testing.T) {
	t.Parallel()
	for kind, frozen := range frozenTimes {
		fsys := fstest.MapFS{"a": {Data: []byte("content"), ModTime: frozen}}
		info, err := wrapper.FS(fs.FS(fsys), "a").Stat(t.Context())
		require.NoError(t, err, kind)
		assert.Empty(t, info.ETag, kind)
		assert.Zero(t, info.ModTime, kind)
	}
}

// The parts of a response are opened one after the other.
func TestI11PartsOfAFrozenFileAreOfOneVersion(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(t *testing.T, path, next string){
		"renamed": func(t *testing.T, path, next string) { require.NoError(t, os.Rename(next, path)) },
		"rewritten": func(t *testing.T, path, next string) {
			content, err := os.ReadFile(next)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, content, 0o600))
			require.NoError(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, next := t.TempDir(), filepath.Join(t.TempDir(), "next")
			for path, content := range map[string]string{filepath.Join(dir, "a"): lettersOf(200_000), next: strings.ToUpper(strings.Repeat("abcdefghij", 20_000))} {
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
				require.NoError(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)))
			}
			for kind, file := range localFiles(t, dir, "a") {
				resp, err := file().Fetch(t.Context(), wrapper.Request{Range: "bytes=0-9,199000-199009"})
				require.NoError(t, err, kind)
				require.Len(t, resp.Ranges, 2, kind)
				require.NoError(t, resp.Close())
				content, err := os.ReadFile(filepath.Join(dir, "a"))
				require.NoError(t, err)
				time.Sleep(20 * time.Millisecond) // the resolution of a change time
				replace(t, filepath.Join(dir, "a"), next)
				_, err = resp.Part(1)
				assert.ErrorIs(t, err, wrapper.ErrChanged, kind)
				require.NoError(t, os.WriteFile(next, content, 0o600))
				require.NoError(t, os.Chtimes(next, time.Unix(1, 0), time.Unix(1, 0)))
			}
		})
	}
}
