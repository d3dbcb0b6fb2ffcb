package blobdownload_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// grantServer serves two storages, docs and other, behind the grants of a signer.
type grantServer struct {
	http.Handler
	log bytes.Buffer
}

func newGrantServer(t *testing.T, s *blobdownload.Signer, keys ...string) *grantServer {
	t.Helper()
	var storages []*blobdownload.Storage
	for _, name := range []string{"docs", "other"} {
		bucket := memblob.OpenBucket(nil)
		t.Cleanup(func() { _ = bucket.Close() })
		for _, key := range keys {
			require.NoError(t, bucket.WriteAll(t.Context(), key, []byte(name+":"+key), nil))
		}
		storages = append(storages, &blobdownload.Storage{Name: name, Bucket: wrapper.NewBucket(bucket)})
	}
	g := &grantServer{}
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&g.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	g.Handler = s.RequireGrant(server.Handler(blobdownload.GrantView(storages...).Cached(blobdownload.Public(24 * time.Hour))))
	return g
}

func (g *grantServer) get(t *testing.T, target string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	return g.do(t, http.MethodGet, target, cookies...)
}

func (g *grantServer) do(t *testing.T, method, target string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, http.NoBody)
	for _, c := range cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func course(prefix string) blobdownload.Grant {
	return blobdownload.Grant{Store: "docs", Prefix: prefix, Expires: inAMinute()}
}

func signGrant(t *testing.T, s *blobdownload.Signer, g blobdownload.Grant) (base string) {
	t.Helper()
	u, err := s.SignGrant(g, g.Prefix+"x")
	require.NoError(t, err)
	return strings.TrimSuffix(u, "x")
}

var courseKeys = []string{
	"course/7/index.m3u8", "course/7/hls/1.ts", "course/7/a b+é%41.ts", "course/70/secret", "course/7", "course/8/secret", "secret",
}

// GR1, GR2: a grant covers whole segments below its prefix, in every spelling of a path.
func TestGrantCoversWholeSegments(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newGrantServer(t, s, courseKeys...)
	base := signGrant(t, s, course("course/7/"))
	for path, want := range map[string]int{
		"index.m3u8": 200, "hls/1.ts": 200, "a%20b+%C3%A9%2541.ts": 200, "hls%2F1.ts": 200, "hls/1.ts?_HLS_msn=3": 200, "missing": 404,
		"": 403, "../70/secret": 403, "..%2f70/secret": 403, "%2e%2e/70/secret": 403, "hls/../../70/secret": 403, "/index.m3u8": 403,
		"hls//1.ts": 403, "./index.m3u8": 403, "hls/": 403, "0/secret": 404, "%00": 403, "..%5c70/secret": 404, "%FF": 403, "../../secret": 403,
	} {
		w := l.get(t, base+path)
		assert.Equal(t, want, w.Code, path)
		assert.NotContains(t, w.Body.String(), "secret", path)
	}
	token := strings.TrimSuffix(base, "/")
	for _, u := range []string{token, token + "0/secret", token + "%2Findex.m3u8", strings.Replace(base, "/dl/", "/dl//", 1) + "index.m3u8"} {
		assert.Equal(t, http.StatusForbidden, l.get(t, u).Code, u)
	}
}

func TestGrantValidatesItsPrefix(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	for _, prefix := range []string{
		"", "/", "course/7", "/course/7/", "course//7/", "course/../8/", "./", "../", "course/7//", "course/7/./", "a\x00/", "\xff/",
		strings.Repeat("k", 1025) + "/",
	} {
		g := course(prefix)
		_, err := s.SignGrant(g, prefix+"x")
		require.Error(t, err, "%q", prefix)
		_, err = s.SignGrantCookie(g)
		require.Error(t, err, "%q", prefix)
		assert.False(t, g.Covers(prefix+"x"), "%q", prefix)
	}
	for name, g := range map[string]blobdownload.Grant{
		"no store":  {Prefix: "a/", Expires: inAMinute()},
		"no expiry": {Store: "docs", Prefix: "a/"},
		"expired":   {Store: "docs", Prefix: "a/", Expires: time.Now().Add(-time.Second)},
		"too long":  {Store: "docs", Prefix: "a/", Expires: time.Now().Add(wrapper.MaxExpiry + time.Minute)},
		"no client": {Store: "docs", Prefix: "a/", Expires: inAMinute(), Client: "u1"},
	} {
		_, err := s.SignGrant(g, "a/x")
		assert.Error(t, err, name)
	}
	_, err := s.SignGrant(course("course/7/"), "course/70/x")
	assert.ErrorContains(t, err, "does not cover")
}

// GR4: a grant is valid for the storage that it names alone.
func TestGrantNamesOneStorage(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newGrantServer(t, s, courseKeys...)
	for store, want := range map[string]string{"docs": "docs:course/7/hls/1.ts", "other": "other:course/7/hls/1.ts", "none": "Forbidden\n"} {
		g := course("course/7/")
		g.Store = store
		assert.Equal(t, want, l.get(t, signGrant(t, s, g)+"hls/1.ts").Body.String())
	}
}

// GR5, GR6, GR8: each invalid grant gets the same response, as link and as cookie.
func TestInvalidGrantsGetTheSameResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSigner(t, nil)
		l := newGrantServer(t, s, courseKeys...)
		token := func(s *blobdownload.Signer, g blobdownload.Grant) string {
			return strings.TrimSuffix(signGrant(t, s, g)[len("https://files.example/dl/"):], "/")
		}
		expiring := token(s, course("course/7/"))
		require.Equal(t, http.StatusOK, l.get(t, "/dl/"+expiring+"/hls/1.ts").Code)
		time.Sleep(2 * time.Minute)
		good := token(s, course("course/7/"))
		link, err := s.Token(blobdownload.Link{Store: "docs", Key: "course/7/", Expires: inAMinute()})
		require.NoError(t, err)
		head := course("course/7/")
		head.Head = true
		cookie, err := s.SignGrantCookie(course("course/7/"))
		require.NoError(t, err)
		first := l.get(t, "/dl/course/7/hls/1.ts")
		require.Equal(t, http.StatusForbidden, first.Code)
		for name, bad := range map[string]string{
			"expired": expiring, "truncated": good[:len(good)-1], "half": good[:len(good)/2], "longer": good + "AAAA",
			"overlong": good + strings.Repeat("A", 1<<20), "changed": "B" + good[1:], "empty": "", "not base64": good[:9] + "~" + good[10:],
			"a link": link, "for HEAD": token(s, head), "neighbour": token(s, course("course/70/")), "parent's file": token(s, course("course/8/")),
			"another purpose": token(newSigner(t, func(o *blobdownload.SignerOptions) { o.Purpose = "upload" }), course("course/7/")),
			"another site":    token(newSigner(t, func(o *blobdownload.SignerOptions) { o.Audience = "https://other.example/" }), course("course/7/")),
			"unknown key": token(newSigner(t, func(o *blobdownload.SignerOptions) {
				o.Keys = []blobdownload.SigningKey{{ID: "x", Secret: bytes.Repeat([]byte{9}, 32)}}
			}), course("course/7/")),
			"forged": token(newSigner(t, func(o *blobdownload.SignerOptions) {
				o.Keys = []blobdownload.SigningKey{{ID: newKey.ID, Secret: bytes.Repeat([]byte{9}, 32)}}
			}), course("course/7/")),
		} {
			byCookie := l.get(t, "/dl/course/7/hls/1.ts", &http.Cookie{Name: cookie.Name, Value: bad})
			answers := []*httptest.ResponseRecorder{byCookie}
			if name != "neighbour" && name != "parent's file" { // those are valid, at /dl/TOKEN/…, for other keys
				answers = append(answers, l.get(t, "/dl/"+bad+"/hls/1.ts"))
			}
			for _, w := range answers {
				assert.Equal(t, http.StatusForbidden, w.Code, name)
				assert.Equal(t, first.Body.String(), w.Body.String(), name)
				assert.Equal(t, first.Header(), w.Header(), name)
			}
		}
	})
}

// A grant and a link have different tokens.
func TestGrantIsNotALink(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	base := signGrant(t, s, course("course/7/"))
	_, err := s.Verify(httptest.NewRequest(http.MethodGet, "/", http.NoBody), strings.TrimSuffix(base[len("https://files.example/dl/"):], "/"))
	assert.ErrorIs(t, err, blobdownload.ErrLink)
}

// GR9: a cookie of another host of the site grants what it covers, and hides no other.
func TestTossedCookieHidesNoGrant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSigner(t, nil)
		l := newGrantServer(t, s, courseKeys...)
		own, err := s.SignGrantCookie(course("course/7/"))
		require.NoError(t, err)
		foreign, err := s.SignGrantCookie(course("course/8/"))
		require.NoError(t, err)
		junk := &http.Cookie{Name: own.Name, Value: "junk"}
		assert.Equal(t, "__Secure-downloadview-grant", own.Name)
		assert.Equal(t, "/dl/course/7/", own.Path)
		assert.True(t, own.Secure && own.HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, own.SameSite)
		require.NoError(t, own.Valid())
		for name, cookies := range map[string][]*http.Cookie{
			"alone": {own}, "behind a foreign one": {foreign, own}, "before it": {own, foreign}, "behind junk": {junk, junk, own},
		} {
			w := l.get(t, "/dl/course/7/hls/1.ts", cookies...)
			assert.Equal(t, http.StatusOK, w.Code, name)
			assert.Equal(t, "private, max-age=60", w.Header().Get("Cache-Control"), name)
			for _, path := range []string{"/dl/course/70/secret", "/dl/course/7", "/dl/secret", "/dl/course/7/../70/secret", "/dl/course/7/..%2F70/secret"} {
				assert.Equal(t, http.StatusForbidden, l.get(t, path, cookies...).Code, name+path)
			}
		}
		var many []*http.Cookie
		for range 1000 {
			many = append(many, junk)
		}
		assert.Equal(t, http.StatusForbidden, l.get(t, "/dl/course/7/hls/1.ts", append(many, own)...).Code, "verification is bounded")
	})
}

func TestGrantCookieOfOtherURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"http://127.0.0.1:8000/m/": "downloadview-grant=/m/a/ secure=false",
		"/m":                       "__Secure-downloadview-grant=/m/a/ secure=true",
		"https://h/":               "__Secure-downloadview-grant=/a/ secure=true",
	} {
		s := newSigner(t, func(o *blobdownload.SignerOptions) { o.URL = url })
		c, err := s.SignGrantCookie(course("a/b c;d/e/"))
		require.NoError(t, err)
		secure := " secure=false"
		if c.Secure {
			secure = " secure=true"
		}
		assert.Equal(t, want, c.Name+"="+c.Path+secure)
	}
}

// GR10: a grant for one client needs that client, and its downloads are private.
func TestGrantForOneClient(t *testing.T) {
	t.Parallel()
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Client = func(r *http.Request) string { return r.URL.Query().Get("user") }
	})
	l := newGrantServer(t, s, courseKeys...)
	g := course("course/7/")
	g.Client = "alice"
	base := signGrant(t, s, g)
	w := l.get(t, base+"hls/1.ts?user=alice")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Header().Get("Cache-Control"), "private")
	for _, q := range []string{"", "?user=bob", "?user="} {
		assert.Equal(t, http.StatusForbidden, l.get(t, base+"hls/1.ts"+q).Code, q)
	}
}

func TestGrantMethodsAndExpiry(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newGrantServer(t, s, courseKeys...)
	g := course("course/7/")
	base := signGrant(t, s, g)
	assert.Equal(t, http.StatusMethodNotAllowed, l.do(t, http.MethodPut, base+"hls/1.ts").Code)
	assert.Equal(t, http.StatusOK, l.do(t, http.MethodHead, base+"hls/1.ts").Code)
	assert.Regexp(t, `^public, max-age=(59|60)$`, l.get(t, base+"hls/1.ts").Header().Get("Cache-Control"), "not longer than the grant")
	g.Head = true
	base = signGrant(t, s, g)
	assert.Equal(t, http.StatusOK, l.do(t, http.MethodHead, base+"hls/1.ts").Code)
	assert.Equal(t, http.StatusForbidden, l.get(t, base+"hls/1.ts").Code)
}

// GR12: tokens of grants are not logged.
func TestGrantsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var refusals bytes.Buffer
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Logger = slog.New(slog.NewTextHandler(&refusals, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	l := newGrantServer(t, s, courseKeys...)
	base := signGrant(t, s, course("course/7/"))
	l.get(t, base+"missing")
	l.get(t, base+"..")
	assert.Contains(t, l.log.String(), "/dl/…/missing")
	assert.Contains(t, refusals.String(), "does not cover")
	token := strings.Split(base, "/")[4]
	assert.NotContains(t, l.log.String()+refusals.String(), token)
}

func TestGrantViewNeedsRequireGrant(t *testing.T) {
	t.Parallel()
	h := quietServer().Handler(blobdownload.GrantView(&blobdownload.Storage{Name: "docs"}))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/dl/a", http.NoBody)
	h.ServeHTTP(w, r)
	assert.Equal(t, http.StatusForbidden, w.Code)
	assert.Nil(t, blobdownload.GrantOf(r))
}
