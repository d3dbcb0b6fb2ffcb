package blobdownload_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// sidecars is a storage in a directory, whose objects have other types than their names suggest.
func sidecars(t testing.TB) *blobdownload.Storage {
	t.Helper()
	s, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+t.TempDir()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Bucket.Close() })
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("0123456789"))
	require.NoError(t, w.Close())
	for key, o := range map[string]blob.WriterOptions{
		"typed.txt": {ContentType: "text/csv", ContentLanguage: "de"},
		"coded.txt": {ContentType: "text/plain", ContentEncoding: "gzip"},
		"empty.txt": {ContentType: "text/csv"},
	} {
		content := []byte("0123456789")
		switch key {
		case "coded.txt":
			content = zipped.Bytes()
		case "empty.txt":
			content = nil
		}
		require.NoError(t, s.Bucket.WriteAll(t.Context(), key, content, &o))
	}
	return s
}

// In Edge mode what lies here is looked at, and nothing else is.
func TestEdgeTakesWhatIsStoredFromALocalFile(t *testing.T) {
	t.Parallel()
	s := sidecars(t)
	missing := wrapper.Info{Size: 7, ContentType: "text/x-known"}
	for _, tc := range []struct {
		name   string
		file   *wrapper.File
		fields []string
		status int
		want   map[string]string // "" is a field that is not there
	}{
		{"type and language", s.File("typed.txt"), nil, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Type": "text/csv; charset=utf-8", "Content-Language": "de", "ETag": "", "Last-Modified": "",
			"Content-Encoding": "", "Vary": "",
		}},
		{"an empty file", s.File("empty.txt"), nil, 200, map[string]string{"X-Accel-Redirect": "/_files/k", "Content-Type": "text/csv; charset=utf-8"}},
		{"coding", s.File("coded.txt"), []string{"Accept-Encoding", "gzip"}, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": "",
		}},
		{"no coding", s.File("coded.txt"), []string{"Accept-Encoding", "identity"}, 200, map[string]string{
			"X-Accel-Redirect": "", "Content-Encoding": "", "Vary": "Accept-Encoding", "Accept-Ranges": "none",
		}},
		{"neither coding", s.File("coded.txt"), []string{"Accept-Encoding", "br, identity;q=0"}, 406, map[string]string{"X-Accel-Redirect": ""}},
		{"missing", s.File("none.txt"), nil, 404, map[string]string{"X-Accel-Redirect": "", "Content-Disposition": "", "Set-Cookie": ""}},
		{"missing, though known", s.File("none.txt").WithInfo(missing), nil, 200, map[string]string{
			"X-Accel-Redirect": "/_files/k", "Content-Type": "text/x-known; charset=utf-8",
		}},
		{"range", s.File("typed.txt"), []string{"Range", "bytes=0-4"}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"XA8 range beyond the end", s.File("typed.txt"), []string{"Range", "bytes=10-"}, 416, map[string]string{
			"X-Accel-Redirect": "", "Content-Range": "bytes */10", "Content-Disposition": "", "Set-Cookie": "",
		}},
		{"and a condition of the edge's", s.File("typed.txt"), []string{"Range", "bytes=10-", "If-None-Match", `"x"`}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"and an If-Range", s.File("typed.txt"), []string{"Range", "bytes=10-", "If-Range", `"x"`}, 200, map[string]string{"X-Accel-Redirect": "/_files/k"}},
		{"memory", wrapper.Bytes("k.txt", []byte("0123456789")), []string{"Range", "bytes=10-"}, 416, map[string]string{"X-Accel-Redirect": ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := &blobdownload.Download{File: tc.file, Header: http.Header{"Set-Cookie": {"a=b"}}}
			w := serve(handing(blobdownload.ProxyValidators), http.MethodGet, d, nil, tc.fields...)
			assert.Equal(t, tc.status, w.Code)
			for field, want := range tc.want {
				assert.Equal(t, want, w.Header().Get(field), field)
			}
			if tc.status == http.StatusOK && w.Header().Get("X-Accel-Redirect") == "" {
				assert.Equal(t, "0123456789", w.Body.String())
			}
		})
	}
}

// The application's validators decide on no condition of content that is decoded on the way out: it has its own.
func TestCodingIsNegotiatedBeforeConditions(t *testing.T) {
	t.Parallel()
	s := sidecars(t)
	info, err := s.File("coded.txt").Stat(t.Context())
	require.NoError(t, err)
	d := &blobdownload.Download{File: s.File("coded.txt")}
	for accepted, status := range map[string]int{"gzip": http.StatusNotModified, "identity": http.StatusOK} {
		w := serve(handing(blobdownload.AppValidators), http.MethodGet, d, nil, "Accept-Encoding", accepted, "If-None-Match", info.ETag)
		assert.Equal(t, status, w.Code, accepted)
		assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"), accepted)
		assert.Empty(t, w.Header().Get("X-Accel-Redirect"), accepted)
	}
}

// What mod_xsendfile would send without its Content-Encoding is streamed, whoever has the validators.
func TestCodingThatWouldBeLostIsStreamed(t *testing.T) {
	t.Parallel()
	s := sidecars(t)
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		server := quiet()
		server.Optimizer = optimizer(&blobdownload.Redirect{Header: http.Header{"X-Sendfile": {"/srv/k"}}, Validators: v, DropsCoding: true}, nil)
		for key, coding := range map[string]string{"coded.txt": "gzip", "typed.txt": ""} {
			w := serve(server, http.MethodGet, &blobdownload.Download{File: s.File(key)}, nil)
			assert.Equal(t, coding, w.Header().Get("Content-Encoding"), key)
			assert.Equal(t, coding == "", w.Header().Get("X-Sendfile") != "", key)
			assert.Equal(t, coding != "", w.Body.Len() > 0, key)
		}
	}
}

// XA10, XA28, XA29: what is no regular file of the root is a 404 of the application's, whoever has the validators.
func TestNothingButRegularFilesIsHandedOver(t *testing.T) {
	t.Parallel()
	root := pathTree(t)
	storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+root.Name()+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = storage.Bucket.Close() })
	for _, v := range []blobdownload.Validators{blobdownload.ProxyValidators, blobdownload.AppValidators} {
		for view, h := range map[string]http.Handler{
			"path":    handing(v).Handler(blobdownload.PathView(root, queryKey)),
			"storage": handing(v).Handler(blobdownload.StorageView(storage, queryKey)),
		} {
			for name, handed := range map[string]bool{
				"in": true, "dir/in": true, "none": false, "dir": false, "fifo": false, "socket": false,
				"rel": false, "abs": false, "up/secret": false, "chain": false, "loop": false, "dangling": false, "zero": false, "proc": false,
			} {
				r := request(t, http.MethodGet, "/")
				r.URL.RawQuery = query(name)
				resp := answer(h, r)
				assert.Equal(t, handed, resp.Header.Get("X-Accel-Redirect") != "", "%s %s", view, name)
				if !handed {
					assert.Equal(t, http.StatusNotFound, resp.StatusCode, "%s %s", view, name)
					assert.Empty(t, resp.Header.Get("Content-Disposition"), "%s %s", view, name)
				}
			}
		}
	}
}

// BenchmarkHandOver is what an answer without a body costs in Edge mode, with the look at a local file and without.
func BenchmarkHandOver(b *testing.B) {
	s := sidecars(b)
	dir := b.TempDir()
	writeFile(b, dir, "k", []byte("content"))
	root := openRoot(b, dir)
	info := wrapper.Info{Size: 10, ContentType: "text/csv"}
	for name, f := range map[string]*wrapper.File{
		"known":   s.File("typed.txt").WithInfo(info),
		"storage": s.File("typed.txt"),
		"path":    wrapper.Root(root, "k"),
		"memory":  wrapper.Bytes("k", []byte("content")),
	} {
		b.Run(name, func(b *testing.B) {
			server, w, r := handing(blobdownload.ProxyValidators), newSink(), request(b, http.MethodGet, "/")
			d := &blobdownload.Download{File: f}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				if err := server.Serve(w, r, d); err != nil || w.status != http.StatusOK {
					b.Fatal(w.status, err)
				}
			}
		})
	}
}
