package blobdownload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// D5: every media type was sent with a charset, images included.
func TestD5_NoCharsetOnBinaryTypes(t *testing.T) {
	t.Parallel()
	mem := &blobdownload.Storage{Bucket: memBucket(t)}
	file := &blobdownload.Storage{Bucket: fileBucket(t, t.TempDir())}
	for _, c := range []struct{ key, stored, want string }{
		{"a.png", "image/png", "image/png"},
		{"b.png", "application/octet-stream", "image/png"},
		{"c.png", "image/png; charset=utf-8", "image/png"},
		{"a.tar.gz", "application/octet-stream", "application/gzip"},
		{"a.pdf", "binary/octet-stream", "application/pdf"},
		{"a.bin", "application/octet-stream", "application/octet-stream"},
		{"a.json", "application/json", "application/json"},
		{"a.txt", "application/octet-stream", "text/plain; charset=utf-8"},
		{"b.txt", "text/plain", "text/plain; charset=utf-8"},
		{"c.txt", "text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1"},
		{"noextension", "application/octet-stream", "application/octet-stream"},
	} {
		for kind, s := range map[string]*blobdownload.Storage{"mem": mem, "file": file} {
			put(t, s.Bucket, c.key, c.stored, []byte("content"))
			t.Run(kind+" "+c.key, func(t *testing.T) {
				t.Parallel()
				resp := exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key="+c.key)
				assert.Equal(t, c.want, resp.Header.Get("Content-Type"))
				assert.NotContains(t, resp.Header, "Content-Encoding")
				assert.Equal(t, `attachment; filename="`+c.key+`"`, resp.Header.Get("Content-Disposition"))
			})
		}
	}
}

// D6: inline content was sent without a filename.
func TestD6_InlineKeepsTheFilename(t *testing.T) {
	t.Parallel()
	named := func(name string) func(*http.Request) string { return func(*http.Request) string { return name } }
	view := fileView(func(string) *wrapper.File { return wrapper.Bytes("dir/a.png", []byte("content")) }).Inline()
	for _, c := range []struct {
		name string
		view blobdownload.View
		want string
	}{
		{"own name", view, `inline; filename="a.png"`},
		{"given name", view.Named(named("b c.png")), `inline; filename="b c.png"`},
		{"not ASCII", view.Named(named("é.png")), `inline; filename="_.png"; filename*=UTF-8''%C3%A9.png`},
		{"a type that runs", view.As("image/svg+xml"), `attachment; filename="a.png"`},
		{"a name that runs", view.Named(named("a.html")), `attachment; filename="a.html"`},
		{"as attachment after all", view.Attachment(), `attachment; filename="a.png"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, exchange(t, quietServer().Handler(c.view), "GET", "/").Header.Get("Content-Disposition"))
		})
	}
}

// CD4, CD10: no character of a name ends the field or reverses its text.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a\r\nSet-Cookie: x=1.txt": `attachment; filename="aSet-Cookie_ x=1.txt"`,
		"a\x00b.txt":               `attachment; filename="ab.txt"`,
		"../../.bashrc":            `attachment; filename=".bashrc"`,
		`..\evil.exe`:              `attachment; filename="evil.exe"`,
	} {
		resp := exchange(t, handlerOf(blobdownload.Download{File: newCountingSource("x").file("a"), Filename: name}), "GET", "/")
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, want, resp.Header.Get("Content-Disposition"), "%q", name)
		assert.NotContains(t, resp.Header, "Set-Cookie")
	}
}

func TestCacheControlEqualsTheFieldSent(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"none":         nil,
		"two lines":    {"Cache-Control": {"public, max-age=60", "no-store"}},
		"small letter": {"cache-control": {"no-store"}},
		"cookie":       {"Cache-Control": {"public", "max-age=60"}, "Set-Cookie": {"a=b"}},
	} {
		d := &blobdownload.Download{File: wrapper.Bytes("k", []byte("x")), Header: header}
		sent := recordGet(quietServer(), d).Header()["Cache-Control"]
		assert.Equal(t, d.CacheControl(), strings.Join(sent, ", "), name)
	}
	d := &blobdownload.Download{File: wrapper.Bytes("k", nil), Header: http.Header{
		"Cache-Control": {"public, max-age=60", "no-store"}, "Set-Cookie": {"a=b"},
	}}
	assert.Contains(t, d.CacheControl(), "no-store")
}
