package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// siteOf returns a site of one bucket, docs, that everybody may read.
func siteOf(b *wrapper.Bucket) *site {
	logger := slog.New(slog.DiscardHandler)
	return &site{
		buckets: []*servedBucket{{
			bucketConfig: bucketConfig{Name: "docs", URL: "mem://"},
			storage:      &blobdownload.Storage{Name: "docs", Bucket: b},
		}},
		access: access{open: true}, server: &blobdownload.Server{Logger: logger}, logger: logger,
	}
}

func TestFolderPage(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a.txt": "x", "sub/b.txt": "xy", "sub/deep/c.txt": "", ".hidden": "", "sub/.git/x": ""})
	root := get(t, h, "/b/docs/")
	assert.Equal(t, http.StatusOK, root.Code)
	assert.Equal(t, pagePolicy, root.Header().Get("Content-Security-Policy"))
	assert.Contains(t, root.Body.String(), `href="/b/docs/sub/"`)
	assert.Contains(t, root.Body.String(), `href="/f/docs/a.txt"`)
	assert.NotContains(t, root.Body.String(), ".hidden")
	sub := get(t, h, "/b/docs/sub/").Body.String()
	assert.Contains(t, sub, `href="/b/docs/sub/deep/"`)
	assert.Contains(t, sub, `<a href="/b/docs/">`, "breadcrumbs")
	assert.NotContains(t, sub, ".git")

	slashless := get(t, h, "/b/docs/sub")
	assert.Equal(t, http.StatusFound, slashless.Code)
	assert.Equal(t, "/b/docs/sub/", slashless.Header().Get("Location"))
	for _, path := range []string{"/b/docs/none/", "/b/docs/none", "/b/other/", "/b/docs/.hidden", "/b/docs/sub/.git/", "/b/docs/a.txt/"} {
		missing := get(t, h, path)
		assert.Equal(t, http.StatusNotFound, missing.Code, path)
		assert.Contains(t, missing.Body.String(), "Nothing is here", path)
	}
	assert.Contains(t, get(t, h, "/b/docs/?begins=z").Body.String(), "No name here begins with")
	assert.Contains(t, get(t, handlerOf(t, nil), "/b/docs/").Body.String(), "This bucket is empty.")
}

func TestFolderAsJSON(t *testing.T) {
	t.Parallel()
	w := getJSON(t, handlerOf(t, map[string]string{"a\u202eb.txt": "xyz", "sub/x": "", "a//b": ""}), "/b/docs/")
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
	assert.Equal(t, "Accept", w.Header().Get("Vary"))
	var got jsonFolder
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	require.Len(t, got.Files, 1)
	assert.Equal(t, "a\u202eb.txt", got.Files[0].Name)
	assert.Equal(t, "/f/docs/a%E2%80%AEb.txt", got.Files[0].URL)
	assert.EqualValues(t, 3, *got.Files[0].Size)
	assert.Equal(t, []jsonEntry{{Name: "a", URL: "/b/docs/a/"}, {Name: "sub", URL: "/b/docs/sub/"}}, got.Folders)
	missing := getJSON(t, handlerOf(t, nil), "/b/docs/none")
	assert.Equal(t, http.StatusNotFound, missing.Code)
	assert.Contains(t, missing.Body.String(), `"error"`)
}

// A key that the storage rejects has no link, and no key leaves its table cell.
func TestPageOfHostileKeys(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 1024)
	h := handlerOf(t, map[string]string{
		"a//b": "", "../x": "", "c\nd": "", `"><script>`: "", "fine": "", long: "x", "\u202e\u202d": "x", "{{.}}": "",
	})
	page := get(t, h, "/b/docs/?n=1000").Body.String()
	assert.NotContains(t, page, `"><script>`)
	assert.Contains(t, page, `href="/f/docs/%22%3E%3Cscript%3E"`)
	assert.Equal(t, 1, strings.Count(page, "its key is not a path"), `"c\nd"; ".." is hidden, as all names with a dot first`)
	assert.NotContains(t, regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(page, ""), "\u202e", "but in the value of a checkbox")
	assert.Contains(t, html.UnescapeString(page), "U+202E")
	links := regexp.MustCompile(`href="(/[bf]/docs/[^"?]+)"`).FindAllStringSubmatch(page, -1)
	assert.Len(t, links, 11, "two links of each of five files and one of a folder")
	for _, m := range links {
		assert.Equal(t, http.StatusOK, get(t, h, html.UnescapeString(m[1])).Code, m[1])
	}
	slashes := get(t, h, "/b/docs/a/").Body.String()
	assert.Contains(t, slashes, "cannot be opened")
}

func TestTenThousandFoldersInOne(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for i := range 10_000 {
		keys[fmt.Sprintf("many/%05d/x", i)] = ""
	}
	h := handlerOf(t, keys)
	seen := 0
	for target := "/b/docs/many/?n=1000"; target != ""; {
		var got jsonFolder
		require.NoError(t, json.Unmarshal(getJSON(t, h, target).Body.Bytes(), &got))
		seen += len(got.Folders)
		target = got.Next
	}
	assert.Equal(t, 10_000, seen)
	assert.Contains(t, get(t, h, "/b/docs/many/").Body.String(), "on this page. The order applies within the page.")
}

// A preview is offered for the type that is sent, and never for a file that a browser would save.
func TestG3OnlyWhatWorksIsOffered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"a.png": "\x89PNG", "a.svg": "<svg/>", "a.html": "<script>", "a.pdf": "%PDF", "a.bin": "x"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(t.TempDir(), "secret"), []byte("s"), 0o600))
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(dir, "out.txt")))
	storage, err := blobdownload.OpenStorage(t.Context(), "file://"+dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, storage.Close(t.Context())) })
	h := siteOf(storage.Bucket).handler()
	folder := get(t, h, "/b/docs/").Body.String()
	assert.NotContains(t, folder, "out.txt")
	assert.NotContains(t, folder, "inline=1")
	for name, want := range map[string]string{
		"a.png": `<img src="/f/docs/a.png?inline=1"`, "a.pdf": `<iframe src="/f/docs/a.pdf?inline=1"`, "a.html": "&lt;script&gt;",
		"a.svg": "&lt;svg/&gt;", "a.bin": "Files of this type are saved",
	} {
		assert.Contains(t, folder, name)
		page := get(t, h, "/b/docs/"+name).Body.String()
		assert.Contains(t, page, want)
		shown := strings.Contains(page, "inline=1")
		sent := get(t, h, "/f/docs/"+name+"?inline=1").Header().Get("Content-Disposition")
		assert.Equal(t, strings.HasPrefix(sent, "inline"), shown, name)
	}
}

func TestTextPreview(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{
		"long.txt": strings.Repeat("é", maxPreviewText), "odd.txt": "x" + strings.Repeat("é", maxPreviewText),
		"latin1.txt": "caf\xe9", "empty.txt": "", "nul.txt": "a\x00b", "mark.txt": "<b>&",
	})
	assert.Contains(t, get(t, h, "/b/docs/long.txt").Body.String(), "first 64 KiB")
	assert.Contains(t, get(t, h, "/b/docs/odd.txt").Body.String(), "éé</pre>")
	assert.Contains(t, get(t, h, "/b/docs/latin1.txt").Body.String(), "not UTF-8")
	assert.Contains(t, get(t, h, "/b/docs/nul.txt").Body.String(), "not UTF-8")
	assert.Contains(t, get(t, h, "/b/docs/empty.txt").Body.String(), "The file is empty.")
	assert.Contains(t, get(t, h, "/b/docs/mark.txt").Body.String(), "&lt;b&gt;&amp;</pre>")
}

// A storage that fails has words, a status and a way on. The other pages are not affected.
func TestStorageFailureWhileBrowsing(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"sub/a.txt": "x"})
	s := siteOf(wrapper.NewBucket(b.Bucket))
	s.buckets = append(s.buckets, &servedBucket{
		bucketConfig: bucketConfig{Name: "other", URL: "mem://"},
		storage:      &blobdownload.Storage{Name: "other", Bucket: memBucket(t, "fine.txt")},
	})
	h := s.handler()
	broken := fmt.Errorf("S3CR3T address: %w", io.EOF) // of a broken connection, not of a listing's end
	b.Fault(storagetest.Fault{Action: storagetest.Fail(broken)})
	for _, target := range []string{"/b/docs/", "/b/docs/sub/", "/b/docs/sub/a.txt", "/zip/docs?prefix=sub/"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, http.StatusBadGateway, w.Code, target)
		assert.Contains(t, w.Body.String(), "The storage failed", target)
		assert.Contains(t, w.Body.String(), "Try again", target)
		assert.Contains(t, w.Body.String(), `href="/b/other/"`, target)
		assert.NotContains(t, w.Body.String(), "S3CR3T", target)
	}
	assert.Equal(t, http.StatusOK, get(t, h, "/").Code, "the buckets need no storage")
	assert.Contains(t, get(t, h, "/b/other/").Body.String(), "fine.txt")
}

func TestAssets(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, nil)
	page := get(t, h, "/b/docs/").Body.String()
	for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		assert.Equal(t, http.StatusOK, get(t, h, m[1]).Code, m[1])
	}
	assert.Equal(t, http.StatusNotFound, get(t, h, "/assets/none").Code)
	assert.NotRegexp(t, `style="|<style|onclick=|<script>`, page, "the policy forbids inline code and style")
}

func TestZip(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a.txt": "a", "sub/b.txt": "b", "sub/deep/c.txt": "c", "sub/.hidden": "", "z//z": ""})
	for target, want := range map[string][]string{
		"/zip/docs":                                   {"a.txt", "sub/b.txt", "sub/deep/c.txt"},
		"/zip/docs?prefix=sub/":                       {"b.txt", "deep/c.txt"},
		"/zip/docs?name=a.txt&name=sub/":              {"a.txt", "sub/b.txt", "sub/deep/c.txt"},
		"/zip/docs?prefix=sub/&name=b.txt&name=deep/": {"b.txt", "deep/c.txt"},
	} {
		assert.Equal(t, want, zipNames(t, get(t, h, target)), target)
	}
	for _, target := range []string{
		"/zip/docs?prefix=none/", "/zip/docs?name=none", "/zip/docs?prefix=sub", "/zip/docs?name=../a", "/zip/docs?prefix=sub/&name=.hidden", "/zip/none",
	} {
		assert.Equal(t, http.StatusNotFound, get(t, h, target).Code, target)
	}
}

// A user sees the way to what may be read, and nothing beside it.
func TestPageOfAUserWithFewRights(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"shared/ann/a.txt": "a", "shared/bob/b.txt": "b", "secret/s.txt": "s"})
	s := siteOf(wrapper.NewBucket(b.Bucket))
	s.access = access{rights: []right{{User: "ann", Bucket: "docs", Prefix: "shared/ann/"}}}
	site := s.handler()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, withUser(r, "ann")) })
	root := get(t, h, "/b/docs/").Body.String()
	assert.Contains(t, root, `href="/b/docs/shared/"`)
	assert.NotContains(t, root, "secret")
	assert.NotContains(t, root, `id="zip"`, "the whole bucket is no archive for this user")
	shared := get(t, h, "/b/docs/shared/").Body.String()
	assert.Contains(t, shared, `href="/b/docs/shared/ann/"`)
	assert.NotContains(t, shared, "bob")
	assert.Empty(t, b.Calls(), "the way to the folder needs no request")
	assert.Contains(t, get(t, h, "/b/docs/shared/ann/").Body.String(), "a.txt")
	b.Reset()
	for _, target := range []string{
		"/b/docs/secret/", "/b/docs/none/", "/b/docs/secret/s.txt", "/b/docs/secret/none", "/b/docs/shared/bob/", "/zip/docs", "/zip/docs?prefix=secret/",
		"/zip/docs?prefix=shared/&name=bob/",
	} {
		assert.Equal(t, http.StatusNotFound, get(t, h, target).Code, target)
	}
	assert.Empty(t, b.Calls(), "so the time of a refusal depends on no name")
	assert.NotContains(t, get(t, site, "/").Body.String(), "/b/docs/", "without a user")
	other := strings.ReplaceAll(get(t, site, "/b/none/x/").Body.String(), "none", "docs")
	assert.Equal(t, other, get(t, site, "/b/docs/x/").Body.String(), "a bucket without rights is one that does not exist")
}

// W2 for Accept: a list may have several lines, and media types are case-insensitive.
func TestFormOfAPageIsThatOfAllLinesOfAccept(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"a.txt": "A"})
	for _, tt := range []struct {
		accept []string
		want   string
	}{
		{nil, "text/html; charset=utf-8"},
		{[]string{"application/json"}, "application/json"},
		{[]string{"*/*", "application/json;q=0.5"}, "application/json"},
		{[]string{"Application/JSON"}, "application/json"},
		{[]string{"image/png, */*", "TEXT/HTML", "application/json"}, "text/html; charset=utf-8"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/b/docs/", http.NoBody)
		r.Header["Accept"] = tt.accept
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, tt.want, w.Header().Get("Content-Type"), tt.accept)

		r = httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/zip/docs?name=none", http.NoBody)
		r.Header["Accept"] = []string{"*/*", "Text/HTML"}
		w = httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	}
}
