package blobdownload_test

import (
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestH4AuthorizedObjectViewIsPrivate(t *testing.T) {
	t.Parallel()
	type record struct{ owner string }
	lookup := func(r *http.Request) (record, error) {
		if r.URL.Path == "/none" {
			return record{}, fs.ErrNotExist
		}
		return record{owner: "alice"}, nil
	}
	file := newCountingSource("content")
	view := blobdownload.AuthorizedObjectView(lookup,
		func(r *http.Request, rec record) error {
			if r.Header.Get("User") != rec.owner {
				return fs.ErrPermission
			}
			return nil
		},
		func(record) (*blobdownload.Download, error) { return &blobdownload.Download{File: file.file("a")}, nil },
	).Cached(blobdownload.Public(time.Hour))
	h := quietServer().Handler(view)
	assert.Equal(t, http.StatusForbidden, exchange(t, h, "GET", "/", "User", "bob").StatusCode)
	assert.Equal(t, http.StatusNotFound, exchange(t, h, "GET", "/none", "User", "alice").StatusCode)
	stats, opens, _ := file.counts()
	assert.Zero(t, stats+opens, "a request before the check")
	resp := exchange(t, h, "GET", "/", "User", "alice")
	assert.Equal(t, "content", bodyText(t, resp))
	assert.Equal(t, "private, max-age=3600", resp.Header.Get("Cache-Control"))
}

// A field that cannot have the effect that the application expects is reported once, and the download is served.
func TestH5IgnoredValidatorsAreReported(t *testing.T) {
	t.Parallel()
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { assert.NoError(t, bucket.Close()) })
	require.NoError(t, bucket.WriteAll(t.Context(), "a", []byte("content"), nil))
	stored := wrapper.Blob(bucket, "a")
	info, err := stored.Stat(t.Context())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		download blobdownload.Download
		log      string // "" means none
	}{
		"ETag alone":      {blobdownload.Download{File: stored.WithInfo(wrapper.Info{ETag: `"mine"`, Size: wrapper.UnknownSize})}, "WithInfo"},
		"ETag and size":   {blobdownload.Download{File: stored.WithInfo(wrapper.Info{ETag: `"mine"`, Size: 7})}, "WithInfo"},
		"the storage's":   {blobdownload.Download{File: stored.WithInfo(info)}, ""},
		"no metadata":     {blobdownload.Download{File: stored}, ""},
		"Etag field":      {blobdownload.Download{File: stored, Header: http.Header{"Etag": {`"mine"`}}}, `Etag`},
		"Last-Modified":   {blobdownload.Download{File: stored, Header: http.Header{"last-modified": {modTimeHTTP}}}, `Last-Modified`},
		"X-Sendfile":      {blobdownload.Download{File: stored, Header: http.Header{"X-Sendfile": {"/a"}}}, `X-Sendfile`},
		"ordinary fields": {blobdownload.Download{File: stored, Header: http.Header{"X-Own": {"1"}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, log := loggedServer()
			h := server.Handler(viewOf(&c.download))
			for range 3 {
				resp := exchange(t, h, "GET", "/")
				assert.Equal(t, "content", bodyText(t, resp))
				assert.Equal(t, info.ETag, resp.Header.Get("ETag"))
			}
			warnings := 0
			for line := range strings.Lines(log.String()) {
				if strings.Contains(line, "level=WARN") {
					warnings++
					assert.Contains(t, line, c.log)
				}
			}
			want := 1
			if c.log == "" {
				want = 0
			}
			assert.Equal(t, want, warnings, log.String())
		})
	}
}

func TestH6MistakesOfUseAreErrorsInTheLog(t *testing.T) {
	t.Parallel()
	none := blobdownload.View(nil)
	some := viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("x"))})
	key := func(*http.Request) string { return "a" }
	lookup := func(*http.Request) (string, error) { return "a", nil }
	for name, c := range map[string]struct {
		view blobdownload.View
		log  string
	}{
		"Handler":              {nil, "Handler: the view is nil"},
		"StorageView":          {blobdownload.StorageView(nil, key), "StorageView: the storage is nil"},
		"StorageView's key":    {blobdownload.StorageView(&blobdownload.Storage{}, nil), "StorageView: key is nil"},
		"Storage":              {blobdownload.StorageView(&blobdownload.Storage{Name: "docs"}, key), "Storage.Bucket is nil"},
		"Bucket":               {blobdownload.StorageView(&blobdownload.Storage{Name: "docs", Bucket: &wrapper.Bucket{}}, key), "Storage.Bucket is nil"},
		"ObjectView":           {blobdownload.ObjectView[string](nil, nil), "ObjectView: lookup is nil"},
		"ObjectView's file":    {blobdownload.ObjectView(lookup, nil), "ObjectView: file is nil"},
		"AuthorizedObjectView": {blobdownload.AuthorizedObjectView(lookup, nil, nil), "AuthorizedObjectView: check is nil"},
		"HTTPView":             {blobdownload.HTTPView(nil, nil), "HTTPView: target is nil"},
		"VirtualView":          {blobdownload.VirtualView(nil), "VirtualView: file is nil"},
		"VirtualView's file":   {blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) { return nil, nil }), "no file"},
		"PathView":             {blobdownload.PathView(nil, key), "Paths.Root is nil"},
		"PathView's name":      {blobdownload.PathView(&os.Root{}, nil), "PathView: name is nil"},
		"With":                 {some.With(nil), "With: change is nil"},
		"With of none":         {none.Inline(), "With: the view is nil"},
		"Named":                {some.Named(nil), "Named: name is nil"},
		"Cached":               {some.Cached(nil), "Cached: policy is nil"},
		"Authorized":           {some.Authorized(nil), "Authorized: check is nil"},
		"Download.Variants": {viewOf(&blobdownload.Download{
			File: wrapper.Bytes("a", []byte("x")), Variants: []blobdownload.Variant{{Coding: "br"}},
		}), `Download.Variants: the File of \"br\" is nil`},
		"Authorized of no view": {none.Authorized(func(*http.Request) error { return nil }), "Authorized: the view is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, log := loggedServer()
			resp := exchange(t, server.Handler(c.view), "GET", "/", "Accept-Encoding", "br")
			assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
			assert.Contains(t, log.String(), "level=ERROR")
			assert.Contains(t, log.String(), c.log)
		})
	}
	empty := &blobdownload.Storage{Name: "docs"}
	assert.ErrorContains(t, empty.Check(t.Context()), "Storage.Bucket is nil")
	assert.NoError(t, empty.Close(t.Context()))
}

// A storage that is nil in a list is a mistake too, such as one that an optional setting did not open.
func TestH6StoragesWithoutOne(t *testing.T) {
	t.Parallel()
	all := blobdownload.Storages{storageWithVariants(t), nil}
	assert.NotNil(t, all.Get("mem"))
	assert.Nil(t, all.Get("docs"))
	assert.ErrorContains(t, all.Check(t.Context()), "Storages: the storage at index 1 is nil")
	assert.NoError(t, blobdownload.Storages{nil}.Close(t.Context()))
	s := newSigner(t, nil)
	link, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	for name, view := range map[string]blobdownload.View{
		"LinkView": blobdownload.LinkView(all...), "GrantView": blobdownload.GrantView(all...),
	} {
		server, log := loggedServer()
		resp := exchange(t, s.Require(server.Handler(view)), "GET", link)
		assert.Equal(t, http.StatusInternalServerError, resp.StatusCode, name)
		assert.Contains(t, log.String(), "level=ERROR", name)
	}
}

func TestH6PathValueOfAnotherWildcard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pattern, wildcard, path string
		value                   string
		fails                   bool
	}{
		"found":         {"/files/{key...}", "key", "/files/a/b", "a/b", false},
		"single":        {"/files/{key}/x", "key", "/files/a/x", "a", false},
		"empty":         {"/files/{key...}", "key", "/files/", "", false},
		"another":       {"/files/{key...}", "name", "/files/a/b", "", true},
		"prefix of one": {"/files/{keys...}", "key", "/files/a", "", true},
		"none":          {"/files/", "key", "/files/a", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, log := loggedServer()
			value := blobdownload.PathValue(c.wildcard)
			mux := http.NewServeMux()
			got := ""
			mux.Handle(c.pattern, server.Handler(func(r *http.Request) (*blobdownload.Download, error) {
				got = value(r)
				return blobdownload.StorageView(&blobdownload.Storage{Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}, value)(r)
			}))
			resp := exchange(t, mux, "GET", c.path)
			if !c.fails {
				assert.Equal(t, c.value, got)
				assert.Equal(t, http.StatusNotFound, resp.StatusCode)
				assert.NotContains(t, log.String(), "level=ERROR")
				return
			}
			assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
			assert.Contains(t, log.String(), `PathValue(\"`+c.wildcard+`\")`)
			assert.Contains(t, log.String(), c.pattern)
		})
	}
}

func TestH7HostInAFileURL(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"file://srv/docs":      `"srv" was taken for a host: write file:///srv/docs`,
		"docs=file://srv":      `"srv" was taken for a host: write file:///srv`,
		"file://srv/a b?x=1":   `"srv" was taken for a host: write file:///srv/a%20b`,
		"file://user@srv/docs": `"srv" was taken for a host: write file:///srv/docs`,
	} {
		_, err := blobdownload.OpenStorage(t.Context(), spec)
		assert.ErrorContains(t, err, want, spec)
	}
	// fileblob would open the working directory, or the directory before the #.
	for spec, want := range map[string]string{
		"docs=file:docs":   `"docs" is no rooted path: write file://./docs`,
		"file:./docs":      `"./docs" is no rooted path: write file://./docs`,
		"file:///srv/a#b":  `"b" was taken for a fragment: write %23 for #`,
		"file://":          "no path: write file:///…",
		"file://localhost": "no path: write file:///…",
	} {
		_, err := blobdownload.OpenStorage(t.Context(), spec)
		assert.ErrorContains(t, err, want, spec)
	}
	for _, spec := range []string{"file://" + t.TempDir(), "file://./."} {
		s, err := blobdownload.OpenStorage(t.Context(), spec)
		require.NoError(t, err, spec)
		assert.NoError(t, s.Close(t.Context()))
	}
}
