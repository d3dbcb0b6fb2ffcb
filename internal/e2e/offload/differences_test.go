package offload_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

var update = flag.Bool("update", false, "write docs/servers/differences.md")

// mode is a way to hand over through a front server.
type mode struct {
	front, title string
	own          bool // the application's validators
	optimizer    func(dir string) blobdownload.Optimizer
}

var modes = []mode{
	{"nginx", "nginx, XAccel", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", At: "/_files/"}}}
	}},
	{"nginx", "nginx, XAccel, Application", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", At: "/_checked/"}}, Validators: blobdownload.Application}
	}},
	{"caddy", "Caddy, XAccel", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", At: "/_files/"}}}
	}},
	{"caddy", "Caddy, XAccel, Application", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", At: "/_checked/"}}, Validators: blobdownload.Application}
	}},
	{"apache2", "Apache, XSendfile", true, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", At: dir}}, Paths: proxy.RawPaths}
	}},
	{"lighttpd", "lighttpd, XSendfile", true, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", At: dir}}, Paths: proxy.EscapedPaths}
	}},
	{"lighttpd", "lighttpd, XSendfile, Edge", false, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", At: dir}}, Paths: proxy.EscapedPaths, Validators: blobdownload.Edge}
	}},
}

// equalAlways are the fields that no front server may change.
var equalAlways = []string{
	"Content-Type", "Content-Disposition", "Cache-Control", "Set-Cookie", "X-Content-Type-Options", "Content-Security-Policy",
	"Cross-Origin-Resource-Policy", "Referrer-Policy",
}

// site serves the same downloads by every kind of view.
func site(t *testing.T, dir string, server *blobdownload.Server) http.Handler {
	t.Helper()
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	require.NoError(t, err)
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close(); _ = root.Close() })
	storage := &blobdownload.Storage{Name: "docs", Bucket: b}
	name := blobdownload.PathValue("name")
	dressed := func(v blobdownload.View) http.Handler {
		return server.Handler(v.With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header = http.Header{
				"Set-Cookie": {"a=b; Path=/", "c=d"}, "Cache-Control": {"public, max-age=60"}, "Vary": {"Origin"}, "X-Mine": {"kept"},
			}
			return nil
		}))
	}
	mux := http.NewServeMux()
	mux.Handle("/storage/{name...}", dressed(blobdownload.StorageView(storage, name)))
	mux.Handle("/named/{name...}", dressed(blobdownload.StorageView(storage, name).
		Named(func(*http.Request) string { return "Añother näme;.pdf" }).As("application/pdf").Inline()))
	mux.Handle("/plain/{name...}", server.Handler(blobdownload.StorageView(storage, name)))
	mux.Handle("/path/{name...}", dressed(blobdownload.PathView(root, name).With(func(_ *http.Request, d *blobdownload.Download) error {
		d.File = d.File.In("docs")
		return nil
	})))
	mux.Handle("/object/{name...}", dressed(blobdownload.ObjectView(
		func(r *http.Request) (string, error) { return name(r), nil },
		func(key string) (*blobdownload.Download, error) {
			a, err := b.Attributes(t.Context(), key)
			if err != nil {
				return nil, err
			}
			f := storage.File(key).Known(wrapper.Info{Size: a.Size, ModTime: a.ModTime, ETag: a.ETag, ContentType: "text/markdown"})
			return &blobdownload.Download{File: f}, nil
		})))
	mux.Handle("/virtual/{name...}", dressed(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("made.txt", []byte("made here, and so sent from here")), nil
	})))
	return mux
}

// TestSameAnswer asks for the same downloads with and without each front server, and wants them alike but
// for what is in the documents' table, which it writes with -update. D8, D14, XA9, XA42, XA46.
func TestSameAnswer(t *testing.T) {
	t.Parallel()
	dir := filesDir(t)
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	require.NoError(t, err)
	defer b.Close()
	require.NoError(t, b.WriteAll(t.Context(), "in/a b é.txt", []byte(strings.Repeat("0123456789", 100)), &blob.WriterOptions{}))
	direct := httptest.NewServer(site(t, dir, new(blobdownload.Server)))
	t.Cleanup(direct.Close)
	rows := map[string][]string{}
	for _, m := range modes {
		handed := 0
		server := &blobdownload.Server{Optimizer: m.optimizer(dir), Observe: func(_ *http.Request, res blobdownload.Result) {
			if res.Redirect != nil {
				handed++
			}
		}}
		base := frontOf(m.front).start(t, site(t, dir, server), dir, "")
		for _, view := range []string{"storage", "named", "plain", "path", "object", "virtual"} {
			compare(t, m, direct.URL+"/"+view+"/", base+"/"+view+"/", rows)
		}
		assert.Positive(t, handed, m.title)
	}
	checkTable(t, rows)
}

func compare(t *testing.T, m mode, direct, base string, rows map[string][]string) {
	t.Helper()
	const name = "in/a%20b%20%C3%A9.txt"
	first, body := get(t, base+name)
	plain, plainBody := get(t, direct+name)
	assert.Equal(t, plainBody, body, m.title)
	own := func(resp *http.Response, field string) string { return resp.Header.Get(field) }
	tag, mod := own(first, "ETag"), own(first, "Last-Modified")
	virtual := strings.HasSuffix(base, "/virtual/")
	if m.own && !virtual {
		assert.Equal(t, own(plain, "ETag"), tag, m.title)
	}
	for _, tc := range []struct {
		what, method, name string
		fields             func(tag, mod string) []string
	}{
		{"GET", "GET", name, func(string, string) []string { return nil }},
		{"HEAD", "HEAD", name, func(string, string) []string { return nil }},
		{"Range", "GET", name, func(string, string) []string { return []string{"Range", "bytes=3-8"} }},
		{"HEAD with Range", "HEAD", name, func(string, string) []string { return []string{"Range", "bytes=3-8"} }},
		{"suffix Range", "GET", name, func(string, string) []string { return []string{"Range", "bytes=-3"} }},
		{"unsatisfiable Range", "GET", name, func(string, string) []string { return []string{"Range", "bytes=99999-"} }},
		{"If-Range that holds", "GET", name, func(tag, _ string) []string { return []string{"Range", "bytes=3-8", "If-Range", tag} }},
		{"If-Range that does not", "GET", name, func(string, string) []string { return []string{"Range", "bytes=3-8", "If-Range", `"x"`} }},
		{"If-None-Match", "GET", name, func(tag, _ string) []string { return []string{"If-None-Match", tag} }},
		{"If-None-Match of others", "GET", name, func(string, string) []string { return []string{"If-None-Match", `"x"`} }},
		{"If-Modified-Since", "GET", name, func(_, mod string) []string { return []string{"If-Modified-Since", mod} }},
		{"If-Match", "GET", name, func(tag, _ string) []string { return []string{"If-Match", tag} }},
		{"If-Match of others", "GET", name, func(string, string) []string { return []string{"If-Match", `"x"`} }},
		{"If-Unmodified-Since", "GET", name, func(_, mod string) []string { return []string{"If-Unmodified-Since", mod} }},
		{"missing file", "GET", "in/none.txt", func(string, string) []string { return nil }},
		{"POST", "POST", name, func(string, string) []string { return nil }},
	} {
		if virtual && tag == "" && strings.HasPrefix(tc.what, "If-") {
			continue
		}
		want, wantBody := do(t, tc.method, direct+tc.name, tc.fields(own(plain, "ETag"), own(plain, "Last-Modified"))...)
		got, gotBody := do(t, tc.method, base+tc.name, tc.fields(tag, mod)...)
		var found []string
		note := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
		if got.StatusCode != want.StatusCode {
			note("status %d instead of %d", got.StatusCode, want.StatusCode)
		} else if got.StatusCode < 300 {
			assert.Equal(t, wantBody, gotBody, "%s %s", m.title, tc.what)
			assert.Subset(t, got.Header["Vary"], want.Header["Vary"], "%s %s", m.title, tc.what)
			for _, field := range equalAlways {
				assert.Equal(t, want.Header[http.CanonicalHeaderKey(field)], got.Header[http.CanonicalHeaderKey(field)], "%s %s %s", m.title, tc.what, field)
			}
		}
		for field := range got.Header {
			assert.False(t, strings.HasPrefix(field, "X-Accel-") || strings.EqualFold(field, "X-Sendfile"), "%s %s: %s leaks", m.title, tc.what, field)
		}
		for _, field := range sortedFields(want.Header, got.Header) {
			a, b := want.Header[field], got.Header[field]
			switch {
			case field == "Date" || field == "Server" || field == "Connection" || field == "Via" || slices.Equal(a, b):
			case got.StatusCode >= 400 && (field == "Content-Type" || field == "Content-Length"): // the page's own
			case len(b) == 0:
				note("no %s", field)
			case len(a) == 0:
				note("%s besides", field)
			case len(b) > len(a):
				note("%s twice", field)
			default:
				note("another %s", field)
			}
		}
		for _, f := range found {
			if !slices.Contains(rows[tc.what+" | "+f], m.title) {
				rows[tc.what+" | "+f] = append(rows[tc.what+" | "+f], m.title)
			}
		}
	}
}

func sortedFields(a, b http.Header) []string {
	var all []string
	for _, h := range []http.Header{a, b} {
		for field := range h {
			if !slices.Contains(all, field) {
				all = append(all, field)
			}
		}
	}
	slices.Sort(all)
	return all
}

func checkTable(t *testing.T, rows map[string][]string) {
	t.Helper()
	keys := make([]string, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	b.WriteString("# What a front server changes\n\n" +
		"Written by `go test ./offload -run TestSameAnswer -update` in internal/e2e: every difference between an answer that\n" +
		"the application sends itself and the same one handed over, seen through the real servers with the configurations\n" +
		"of this directory. Not in it, since they never differ: Content-Type, Content-Disposition, Cache-Control, Set-Cookie,\n" +
		"X-Content-Type-Options, Content-Security-Policy, Cross-Origin-Resource-Policy and Referrer-Policy of what is sent\n" +
		"with 200 and 206; and the bytes.\n\n" +
		"| request | difference | through |\n|---|---|---|\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "| %s | %s |\n", k, strings.Join(rows[k], "; "))
	}
	checkDifferences(t, 0, b.String())
}

// corpusHeading divides the document into what TestSameAnswer writes and what TestCorpus does.
const corpusHeading = "\n## Conformance cases that nginx answers otherwise\n"

var differences sync.Mutex

// checkDifferences compares a part of docs/servers/differences.md with what was found, and with -update writes it.
func checkDifferences(t *testing.T, part int, found string) {
	t.Helper()
	differences.Lock()
	defer differences.Unlock()
	path := filepath.Join("..", "..", "..", "docs", "servers", "differences.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, after, _ := strings.Cut(string(text), corpusHeading)
	parts := [2]string{before, after}
	if *update {
		parts[part] = found
		require.NoError(t, os.WriteFile(path, []byte(parts[0]+corpusHeading+parts[1]), 0o644))
	}
	assert.Equal(t, parts[part], found)
}
