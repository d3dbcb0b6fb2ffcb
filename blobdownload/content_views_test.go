package blobdownload_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"testing"
	"testing/fstest"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// contentView is a view in which one file exists: docKey.
type contentView struct {
	name string
	view blobdownload.View // of the key in the query
	file func(key string) *wrapper.File
}

const docKey = "docs/a.txt"

func queryKey(r *http.Request) string { return r.URL.Query().Get("key") }

// storedViews returns views of content with a size, validators and ranges.
func storedViews(t *testing.T, content []byte) []contentView {
	t.Helper()
	mem := &blobdownload.Storage{Name: "mem", Bucket: memBucket(t)}
	put(t, mem.Bucket, docKey, "", content)

	dir := t.TempDir()
	file := &blobdownload.Storage{Name: "file", Bucket: fileBucket(t, dir)}
	put(t, file.Bucket, docKey, "", content)

	local := t.TempDir()
	writeFile(t, local, docKey, content)
	root := openRoot(t, local)

	fsys := fstest.MapFS{docKey: {Data: content, ModTime: modTime}}
	remote := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+docKey {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"remote"`)
		http.ServeContent(w, r, docKey, modTime, bytes.NewReader(content))
	}))
	memory := func(key string) *wrapper.File {
		if key != docKey {
			return wrapper.Invalid(key, fs.ErrNotExist)
		}
		return wrapper.Bytes(key, content).WithInfo(wrapper.Info{ModTime: modTime, ETag: `"m"`})
	}
	inFS := func(key string) *wrapper.File { return wrapper.FS(fsys, key) }

	return []contentView{
		{"mem", blobdownload.StorageView(mem, queryKey), mem.File},
		{"file", blobdownload.StorageView(file, queryKey), file.File},
		{"path", blobdownload.PathView(root, queryKey), func(key string) *wrapper.File { return wrapper.FS(root.FS(), key) }},
		{"fs", fileView(inFS), inFS},
		{"bytes", fileView(memory), memory},
		{"object", recordView(mem), mem.File},
		{"http", blobdownload.HTTPView(remote.Client(), func(r *http.Request) (string, error) {
			return remote.URL + "/" + queryKey(r), nil
		}), nil},
	}
}

// generatedViews returns views of generated content.
func generatedViews(content []byte) []contentView {
	write := func(key string) func(context.Context, io.Writer) error {
		return func(_ context.Context, w io.Writer) error {
			if key != docKey {
				return fs.ErrNotExist
			}
			_, err := w.Write(content)
			return err
		}
	}
	chunks := func(key string) func(func([]byte, error) bool) {
		return func(yield func([]byte, error) bool) {
			if key != docKey {
				yield(nil, fs.ErrNotExist)
				return
			}
			yield(content, nil)
		}
	}
	return []contentView{
		{"func", fileView(func(key string) *wrapper.File { return wrapper.Func(key, write(key)) }), nil},
		{"seq", fileView(func(key string) *wrapper.File { return wrapper.Seq(key, chunks(key)) }), nil},
	}
}

func fileView(file func(key string) *wrapper.File) blobdownload.View {
	return blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) { return file(queryKey(r)), nil })
}

func recordView(s *blobdownload.Storage) blobdownload.View {
	lookup := func(r *http.Request) (string, error) { return queryKey(r), nil }
	return blobdownload.ObjectView(lookup, func(key string) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: s.File(key)}, nil
	})
}

// viewOf returns a view that always returns d.
func viewOf(d *blobdownload.Download) blobdownload.View {
	return func(*http.Request) (*blobdownload.Download, error) { return d, nil }
}

func handlerOf(d blobdownload.Download) http.Handler {
	return quietServer().Handler(func(*http.Request) (*blobdownload.Download, error) { return &d, nil })
}
