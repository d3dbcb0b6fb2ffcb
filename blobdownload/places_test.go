package blobdownload_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// place is a view of some content: a file called docs/a.txt and nothing else.
type place struct {
	name  string
	view  blobdownload.View // of the key that the query asks for
	inner func(key string) *wrapper.File
}

const theKey = "docs/a.txt"

func queryKey(r *http.Request) string { return r.URL.Query().Get("key") }

func memBucket(t testing.TB) *wrapper.Bucket {
	b := wrapper.NewBucket(memblob.OpenBucket(nil))
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func fileBucket(t testing.TB, dir string) *wrapper.Bucket {
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return wrapper.NewBucket(b)
}

func put(t testing.TB, b *wrapper.Bucket, key, contentType string, content []byte) {
	t.Helper()
	require.NoError(t, b.WriteAll(t.Context(), key, content, &blob.WriterOptions{ContentType: contentType}))
}

// writeFile makes a local file that was last changed at changed.
func writeFile(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, content, 0o600))
	require.NoError(t, os.Chtimes(path, changed, changed))
}

func openRoot(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = root.Close() })
	return root
}

// storedPlaces are the places that can describe their content and read any part of it.
func storedPlaces(t *testing.T, content []byte) []place {
	t.Helper()
	mem := &blobdownload.Storage{Name: "mem", Bucket: memBucket(t)}
	put(t, mem.Bucket, theKey, "", content)

	dir := t.TempDir()
	file := &blobdownload.Storage{Name: "file", Bucket: fileBucket(t, dir)}
	put(t, file.Bucket, theKey, "", content)

	local := t.TempDir()
	writeFile(t, local, theKey, content)
	root := openRoot(t, local)

	fsys := fstest.MapFS{theKey: {Data: content, ModTime: changed}}
	remote := live(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+theKey {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"remote"`)
		http.ServeContent(w, r, theKey, changed, bytes.NewReader(content))
	}))
	memory := func(key string) *wrapper.File {
		if key != theKey {
			return wrapper.Invalid(key, fs.ErrNotExist)
		}
		return wrapper.Bytes(key, content).WithInfo(wrapper.Info{ModTime: changed, ETag: `"m"`})
	}
	inFS := func(key string) *wrapper.File { return wrapper.FS(fsys, key) }

	return []place{
		{"mem", blobdownload.StorageView(mem, queryKey), mem.File},
		{"file", blobdownload.StorageView(file, queryKey), file.File},
		{"path", blobdownload.PathView(root, queryKey), func(key string) *wrapper.File { return wrapper.FS(root.FS(), key) }},
		{"fs", virtual(inFS), inFS},
		{"bytes", virtual(memory), memory},
		{"object", objects(mem), mem.File},
		{"http", blobdownload.HTTPView(remote.Client(), func(r *http.Request) (string, error) {
			return remote.URL + "/" + queryKey(r), nil
		}), nil},
	}
}

func virtual(file func(key string) *wrapper.File) blobdownload.View {
	return blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) { return file(queryKey(r)), nil })
}

func objects(s *blobdownload.Storage) blobdownload.View {
	lookup := func(r *http.Request) (string, error) { return queryKey(r), nil }
	return blobdownload.ObjectView(lookup, func(key string) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: s.File(key)}, nil
	})
}

// madePlaces are the places whose content is made while it is sent.
func madePlaces(content []byte) []place {
	write := func(key string) func(context.Context, io.Writer) error {
		return func(_ context.Context, w io.Writer) error {
			if key != theKey {
				return fs.ErrNotExist
			}
			_, err := w.Write(content)
			return err
		}
	}
	chunks := func(key string) func(func([]byte, error) bool) {
		return func(yield func([]byte, error) bool) {
			if key != theKey {
				yield(nil, fs.ErrNotExist)
				return
			}
			yield(content, nil)
		}
	}
	return []place{
		{"func", virtual(func(key string) *wrapper.File { return wrapper.Func(key, write(key)) }), nil},
		{"seq", virtual(func(key string) *wrapper.File { return wrapper.Seq(key, chunks(key)) }), nil},
	}
}
