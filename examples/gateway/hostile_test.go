package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// every is the printable part of ASCII that names may have, and more.
const every = ` !"#$%&'()*+,-.0123456789:;<=>?@AZ[\]^_` + "`" + `az{|}~é季🎉` + "\u202e\u00a0\ufeff"

// A name with every odd character is found by the addresses of the page, of JSON and of the archive, and injects nothing.
func TestNameWithEveryCharacter(t *testing.T) {
	t.Parallel()
	names := []string{every, "<script>alert(1)<", `" onload="x`, "javascript:alert(1)", "a?b#c", "%2f", "%2e%2e", "a%", "a.", "a..", "a;b", "a&name=b", "'", "CON", "{{.}}", "a\u2028b"}
	stored := map[string]string{}
	for _, name := range names {
		stored["dir "+every+"/"+name] = name
	}
	h := handlerOf(t, stored)
	var root, folder jsonFolder
	require.NoError(t, json.Unmarshal(getJSON(t, h, "/b/docs/").Body.Bytes(), &root))
	require.Len(t, root.Folders, 1)
	require.NoError(t, json.Unmarshal(getJSON(t, h, root.Folders[0].URL).Body.Bytes(), &folder))
	require.Len(t, folder.Files, len(names))
	for _, f := range folder.Files {
		got := get(t, h, f.URL)
		assert.Equal(t, f.Name, got.Body.String(), f.URL)
		assert.NotContains(t, got.Header().Get("Content-Disposition"), "\n")
		page := get(t, h, "/b"+strings.TrimPrefix(f.URL, "/f"))
		assert.Equal(t, http.StatusOK, page.Code, f.URL)
		assert.NotRegexp(t, `<script>alert|" onload="|href="javascript:|src="javascript:`, page.Body.String(), f.URL)
		zipped := get(t, h, "/zip/docs?"+url.Values{"prefix": {folder.Prefix}, "name": {f.Name}}.Encode())
		assert.Equal(t, http.StatusOK, zipped.Code, f.Name)
	}
	assert.Len(t, zipNames(t, get(t, h, "/zip/docs?"+url.Values{"prefix": {folder.Prefix}}.Encode())), len(names))
}

// A filter that no key can begin with is an empty page, and costs no request to the storage.
func TestFilterThatIsNoBeginning(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"sub/a.txt": "x", "..a": "", "..b/c": ""})
	s := siteOf(wrapper.NewBucket(b.Bucket))
	s.buckets[0].Hidden = true
	h := s.handler()
	for _, begins := range []string{"../", "../../etc/", "sub/", "sub/a", "/", "\x00", "\xff", strings.Repeat("a", 1025), strings.Repeat("a", 30_000)} {
		w := getJSON(t, h, "/b/docs/?"+url.Values{"begins": {begins}}.Encode())
		assert.Equal(t, http.StatusOK, w.Code, "%.20q", begins)
		assert.JSONEq(t, `{"bucket":"docs","prefix":"","folders":[],"files":[]}`, w.Body.String(), "%.20q", begins)
	}
	assert.Empty(t, b.Calls())
	assert.Contains(t, getJSON(t, h, "/b/docs/?begins=..").Body.String(), `"..a"`)
}

// A page token that the storage has not issued leads to no key that the user may not list, and is no failure of the storage.
func TestForgedPageToken(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"secret/s.txt": "s", "shared/ann/a.txt": "a", "zzz": "z"})
	s := siteOf(wrapper.NewBucket(b.Bucket))
	s.access = access{rights: []right{{User: "ann", Bucket: "docs", Prefix: "shared/ann/"}}}
	site := s.handler()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, withUser(r, "ann")) })
	for _, token := range []string{"a", "secret/", "../", "shared/ann/", "\x00", "\xff\xfe", strings.Repeat("z", 5000)} {
		for _, folder := range []string{"", "shared/", "shared/ann/"} {
			w := getJSON(t, h, "/b/docs/"+folder+"?after="+base64.RawURLEncoding.EncodeToString([]byte(token)))
			assert.Equal(t, http.StatusOK, w.Code, "%.20q", token)
			assert.NotContains(t, w.Body.String(), "secret", "%.20q", token)
			assert.NotContains(t, w.Body.String(), "zzz", "%.20q", token)
		}
	}
	b.Fault(storagetest.Fault{Action: storagetest.Fail(badRequest{})})
	w := get(t, h, "/b/docs/shared/ann/?after=AAAA")
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), "Start at the first page")
	assert.Equal(t, http.StatusBadGateway, get(t, h, "/b/docs/shared/ann/").Code, "without a token it is a failure")
}

// badRequest is an error with a status, as those of the S3 client.
type badRequest struct{}

func (badRequest) Error() string       { return "invalid continuation token" }
func (badRequest) HTTPStatusCode() int { return http.StatusBadRequest }

// A path that is not canonical is no other path, with any part of it escaped.
func TestPathConfusion(t *testing.T) {
	t.Parallel()
	g := basicGateway(t)
	as := basicAuth("alice", "alice") // may read docs/team/a/ and not docs/team/b/
	for _, route := range []string{"/f/", "/b/", "/sign/"} {
		for _, path := range []string{
			"docs/team/a/%2e%2e/b/x.txt", "docs/team/a/../b/x.txt", "docs/team/a/..%2fb/x.txt", "docs/team/a%2f..%2fb%2fx.txt",
			"docs/team//a/x.txt", "docs/team/a//x.txt", "docs/team/a%2f/x.txt", "docs/team/a/./x.txt", "docs/team/a/%2e/x.txt",
			"docs//team/a/x.txt", "docs%2f..%2fpics/x.png", "docs/..%2fpics%2fx.png", "/docs/team/a/x.txt", "docs/team/a/x.txt/",
			"docs/team/a/x.txt.", "docs/team/a/x.txt%20", "docs/team/a/x.txt%00", "docs/team/a%5cx.txt", "docs/team/a/%2e%2e%2fb/", "DOCS/team/a/x.txt",
			"docs/team/a./x.txt", "docs/team%252fa/x.txt",
		} {
			w := request(t, g.handler, route+path, as...)
			assert.Equal(t, http.StatusNotFound, w.Code, route+path)
			assert.Empty(t, w.Header().Get("Location"), route+path)
		}
	}
	for _, target := range []string{"/d/../f/docs/team/a/x.txt", "/d/%2e%2e/f/docs/team/a/x.txt", "/d/..%2ff/docs/team/a/x.txt", "/d/x/../../b/docs/", "/healthz/../b/docs/"} {
		w := request(t, g.handler, target)
		assert.Contains(t, []int{http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden}, w.Code, "%s without a login", target)
	}
}

// A right ends at a slash: docs is not docs2, and team/a/ is not team/ab/.
func TestRightsEndAtASlash(t *testing.T) {
	t.Parallel()
	g := openGateway(t,
		"-bucket", "docs="+bucketOf(t, map[string]string{"a/x": "A", "ab/x": "AB", "a.txt": ""}),
		"-bucket", "docs2="+bucketOf(t, map[string]string{"a/x": "2"}),
		"-access", "basic", "-htpasswd", htpasswdOf(t, "ann", "ann2"), "-allow", "ann=docs/a/;ann2=docs2")
	as := basicAuth("ann", "ann")
	assert.Equal(t, "A", request(t, g.handler, "/f/docs/a/x", as...).Body.String())
	for _, target := range []string{
		"/f/docs/ab/x", "/f/docs2/a/x", "/f/docs/a.txt", "/b/docs2/", "/b/docs/ab/", "/zip/docs2", "/zip/docs?prefix=ab/", "/zip/docs?name=a/&name=ab/",
		"/zip/docs?prefix=a/&name=../ab/x", "/zip/docs?prefix=a/&name=", "/zip/docs?prefix=&name=a", "/zip/docs?name=a.txt",
	} {
		want := http.StatusNotFound
		if strings.HasSuffix(target, "&name=") { // the folder itself
			want = http.StatusOK
		}
		assert.Equal(t, want, request(t, g.handler, target, as...).Code, target)
	}
	root := request(t, g.handler, "/b/docs/", as...).Body.String()
	assert.NotContains(t, root, `"/b/docs/ab/"`)
	assert.NotContains(t, root, "docs2")
	assert.Equal(t, http.StatusOK, request(t, g.handler, "/f/docs2/a/x", basicAuth("ann2", "ann2")...).Code)
	assert.Equal(t, http.StatusNotFound, request(t, g.handler, "/f/docs/a/x", basicAuth("ann2", "ann2")...).Code)
}

// No address in a request leads to another host, and no response changes anything.
func TestRedirectsAndMethods(t *testing.T) {
	t.Parallel()
	h := handlerOf(t, map[string]string{"sub/a.txt": "x", "evil.example/x": ""})
	for _, target := range []string{"//evil.example/b/docs/", "/b/docs//evil.example", "/b/docs/%2f%2fevil.example", "/%5cevil.example", "/b//evil.example/", "http://evil.example//b/docs/sub"} {
		w := get(t, h, target)
		assert.Equal(t, http.StatusNotFound, w.Code, target)
		assert.Empty(t, w.Header().Get("Location"), target)
	}
	w := get(t, h, "http://evil.example/b/docs/evil.example")
	assert.Equal(t, "/b/docs/evil.example/", w.Header().Get("Location"))
	assert.NotContains(t, get(t, h, "http://evil.example/b/docs/?after=!").Body.String(), `href="http://evil`)

	g := openGateway(t)
	for _, path := range []string{"/", "/b/default/", "/f/default/readme.txt", "/zip/default", "/sign/default/readme.txt", "/sent/1", "/assets/page.css", "/d/x", "/none", "/healthz", "/readyz", "/metrics"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
			r.URL.Path = path // CONNECT has another form
			g.handler.ServeHTTP(w, r)
			assert.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", method, path)
			assert.Contains(t, w.Header().Get("Allow"), "GET, HEAD", "%s %s", method, path)
		}
		full, head := httptest.NewRecorder(), httptest.NewRecorder()
		g.handler.ServeHTTP(full, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		g.handler.ServeHTTP(head, httptest.NewRequestWithContext(t.Context(), http.MethodHead, path, nil))
		assert.Equal(t, full.Code, head.Code, path)
		assert.Equal(t, full.Header().Get("Content-Type"), head.Header().Get("Content-Type"), path)
	}
}
