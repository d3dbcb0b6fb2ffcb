package storagetest_test

import (
	"bytes"
	"context"
	"embed"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

//go:embed testdata/embedded
var embedded embed.FS

var modified = time.Date(2026, 1, 2, 3, 4, 5, 6_000, time.UTC)

// contents are the contents of every kind of file.
var contents = map[string][]byte{
	"empty": {},
	"small": []byte("0123456789abc"),
	"large": bytes.Repeat([]byte("0123456789abcdef!"), 8<<10), // four blocks and a bit
}

func TestEveryKindOfFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	for size, content := range contents {
		for kind, f := range files(t, content) {
			t.Run(kind+"/"+size, func(t *testing.T) {
				t.Parallel()
				assert.NoError(t, storagetest.TestFile(f, content))
			})
		}
	}
}

func TestEveryKindOfMissingFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	missing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(missing.Close)
	for kind, f := range map[string]*wrapper.File{
		"Blob memory":    wrapper.Blob(storagetest.NewBucket(t, nil).Bucket, "missing"),
		"Blob directory": wrapper.Blob(storagetest.NewDirBucket(t, nil).Bucket, "missing"),
		"FS":             wrapper.FS(fstest.MapFS{}, "missing"),
		"FS root":        wrapper.FS(root(t, nil).FS(), "missing"),
		"URL":            wrapper.URL(storagetest.NewTransport(t, nil).Client(), missing.URL+"/missing"),
		"FirstOf":        (&wrapper.FirstOf{}).File(wrapper.FS(fstest.MapFS{}, "missing"), wrapper.FS(fstest.MapFS{}, "missing")),
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, storagetest.TestFile(f, nil))
		})
	}
}

// files returns every kind of file of this module, with one content.
func files(t *testing.T, content []byte) map[string]*wrapper.File {
	t.Helper()
	objects := storagetest.Objects{"dir/a.txt": string(content)}
	mem := memblob.OpenBucket(nil)
	t.Cleanup(func() { assert.NoError(t, mem.Close()) })
	require.NoError(t, mem.WriteAll(t.Context(), "dir/a.txt", content, nil))
	base := memblob.OpenBucket(nil)
	require.NoError(t, base.WriteAll(t.Context(), "in/dir/a.txt", content, nil))
	prefixed := blob.PrefixedBucket(base, "in/")
	t.Cleanup(func() { assert.NoError(t, prefixed.Close()) })
	inDir, err := wrapper.OpenBucket(t.Context(), "file://"+root(t, objects).Name()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, inDir.Close()) })
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Type", "text/plain")
		http.ServeContent(w, r, "", modified, bytes.NewReader(content))
	}))
	t.Cleanup(origin.Close)
	memFS := fstest.MapFS{"dir/a.txt": {Data: content, ModTime: modified}}
	write := func(_ context.Context, w io.Writer) error {
		for chunk := range chunks(content) {
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
		return nil
	}
	seq := func(yield func([]byte, error) bool) {
		for chunk := range chunks(content) {
			if !yield(chunk, nil) {
				return
			}
		}
	}
	known := wrapper.Info{Size: int64(len(content)), ContentType: "text/plain"}
	around := []byte("before" + string(content) + "after")
	require.NoError(t, mem.WriteAll(t.Context(), "around", around, nil))
	inURL := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"around"`)
		http.ServeContent(w, r, "", modified, bytes.NewReader(around))
	}))
	t.Cleanup(inURL.Close)
	urlOf := func(s *httptest.Server) *wrapper.File {
		return wrapper.URL(storagetest.NewTransport(t, nil).Client(), s.URL+"/a.txt")
	}
	size, half := int64(len(content)), int64(len(content)/2)
	halves := []*wrapper.File{
		wrapper.Section("1", urlOf(origin), 0, half), wrapper.Bytes("none", nil), wrapper.Section("2", wrapper.Blob(mem, "dir/a.txt"), half, -1),
	}
	return map[string]*wrapper.File{
		"ReaderAt": wrapper.ReaderAt("a.txt", func(context.Context) (io.ReaderAt, int64, error) {
			return bytes.NewReader(content), size, nil
		}),
		"ReadSeeker":                  wrapper.ReadSeeker("a.txt", func(context.Context) (io.ReadSeeker, error) { return bytes.NewReader(content), nil }),
		"Section of a URL":            wrapper.Section("a.txt", urlOf(inURL), 6, size),
		"Section of a URL, whole":     wrapper.Section("a.txt", urlOf(origin), 0, -1),
		"Section of a bucket":         wrapper.Section("a.txt", wrapper.Blob(mem, "around"), 6, size),
		"Section of bytes":            wrapper.Section("a.txt", wrapper.Bytes("b", around[:6+size]), 6, -1),
		"Section of a section":        wrapper.Section("a.txt", wrapper.Section("b", urlOf(inURL), 3, size+5), 3, size),
		"Section of generated":        wrapper.Section("a.txt", wrapper.Func("a.txt", write), 0, size),
		"Concat of one":               wrapper.Concat("a.txt", urlOf(origin)),
		"Concat of several":           wrapper.Concat("a.txt", halves...),
		"Concat of bytes":             wrapper.Concat("a.txt", wrapper.Bytes("1", content[:half]), wrapper.Bytes("2", content[half:])),
		"Concat with generated":       wrapper.Concat("a.txt", wrapper.Bytes("1", nil), wrapper.Func("a.txt", write), wrapper.Bytes("3", nil)),
		"Concat with generated known": wrapper.Concat("a.txt", wrapper.Func("a.txt", write).WithInfo(known)),
		"Section of a Concat":         wrapper.Section("a.txt", wrapper.Concat("b", wrapper.Bytes("1", around[:3]), wrapper.Bytes("2", around[3:])), 6, size),
		"Bytes":                       wrapper.Bytes("a.txt", content),
		"Bytes with validators":       wrapper.Bytes("a.txt", content).WithInfo(wrapper.Info{ETag: `"e"`, ModTime: modified, Size: int64(len(content))}),
		"FS memory":                   wrapper.FS(memFS, "dir/a.txt"),
		"FS root":                     wrapper.FS(root(t, objects).FS(), "dir/a.txt"),
		"Root":                        wrapper.Root(root(t, objects), "dir/a.txt"),
		"Bucket in a directory":       inDir.File("dir/a.txt"),
		"Blob memory":                 wrapper.Blob(mem, "dir/a.txt"),
		"Blob prefixed":               wrapper.Blob(prefixed, "dir/a.txt"),
		"Blob recorded":               storagetest.NewBucket(t, objects).File("dir/a.txt"),
		"Blob recorded prefixed":      storagetest.Record(t, prefixed).File("dir/a.txt"),
		"Blob directory":              storagetest.NewDirBucket(t, objects).File("dir/a.txt"),
		"URL":                         wrapper.URL(storagetest.NewTransport(t, nil).Client(), origin.URL+"/dir/a.txt"),
		"URL by proxy":                wrapper.URL(storagetest.NewTransport(t, nil).Client(), storagetest.NewFaultProxy(t, origin.URL).URL+"/dir/a.txt"),
		"Func":                        wrapper.Func("a.txt", write),
		"Func of known length":        wrapper.Func("a.txt", write).WithInfo(known),
		"Seq":                         wrapper.Seq("a.txt", seq),
		"Seq of known length":         wrapper.Seq("a.txt", seq).WithInfo(known),
		"materialized":                (&wrapper.Materializer{Bucket: wrapper.NewBucket(mem)}).File(wrapper.Func("a.txt", write), "dir/a.txt"),
		"FirstOf, the first":          (&wrapper.FirstOf{}).File(urlOf(origin), wrapper.Blob(mem, "missing")),
		"FirstOf, the last":           (&wrapper.FirstOf{}).File(wrapper.Blob(mem, "missing"), inDir.File("dir/a.txt")),
		"Known":                       wrapper.Blob(mem, "dir/a.txt").WithInfo(known),
		"In and Gated": wrapper.Blob(mem, "dir/a.txt").WithStore("docs").WithAdmission(func(ctx context.Context) (func(), error) {
			return func() {}, ctx.Err()
		}),
	}
}

func TestEmbeddedFileKeepsTheContract(t *testing.T) {
	t.Parallel()
	objects := storagetest.FromFS(t, embedded)
	for name, content := range objects {
		assert.NoError(t, storagetest.TestFile(wrapper.FS(embedded, name), []byte(content)), name)
	}
	assert.Len(t, objects, 2)
}

// chunks splits content into pieces of odd length.
func chunks(content []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(content) > 0 {
			n := min(len(content), 7001)
			if !yield(content[:n]) {
				return
			}
			content = content[n:]
		}
	}
}

func root(t *testing.T, objects storagetest.Objects) *os.Root {
	t.Helper()
	r, err := os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	require.NoError(t, r.Mkdir("dir", 0o750))
	for name, content := range objects {
		require.NoError(t, r.WriteFile(name, []byte(content), 0o600))
	}
	return r
}
