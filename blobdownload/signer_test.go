package blobdownload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

var (
	oldKey = blobdownload.SigningKey{ID: "2025", Secret: bytes.Repeat([]byte{1}, 32)}
	newKey = blobdownload.SigningKey{ID: "2026", Secret: bytes.Repeat([]byte{2}, 32)}
)

func newSigner(t testing.TB, change func(*blobdownload.SignerOptions)) *blobdownload.Signer {
	o := blobdownload.SignerOptions{
		Keys:   []blobdownload.SigningKey{newKey, oldKey},
		URL:    "https://files.example/dl/",
		Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&o)
	}
	s, err := blobdownload.NewSigner(o)
	require.NoError(t, err)
	return s
}

// linked is a storage whose objects are had by signed links alone, and what it was asked.
type linked struct {
	*blobdownload.Storage
	http.Handler
	trips atomic.Int64
	log   bytes.Buffer
}

func newLinked(t *testing.T, s *blobdownload.Signer, objects map[string]string) *linked {
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = bucket.Close() })
	for key, content := range objects {
		require.NoError(t, bucket.WriteAll(t.Context(), key, []byte(content), nil))
	}
	l := &linked{Storage: &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket), Keys: blobdownload.AnyKey, Signer: s}}
	server := &blobdownload.Server{Logger: slog.New(slog.NewTextHandler(&l.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	view := blobdownload.LinkView(l.Storage).With(func(_ *http.Request, d *blobdownload.Download) error {
		d.File = d.File.WithAdmission(func(context.Context) (func(), error) { l.trips.Add(1); return func() {}, nil })
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("/dl/", s.Require(server.Handler(view)))
	l.Handler = mux
	return l
}

func (l *linked) get(t *testing.T, rawURL string) *httptest.ResponseRecorder {
	return l.do(t, http.MethodGet, rawURL, nil)
}

func (l *linked) do(t *testing.T, method, rawURL string, h http.Header) *httptest.ResponseRecorder {
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	r := httptest.NewRequest(method, "/", http.NoBody).WithContext(t.Context())
	r.URL = u
	maps.Copy(r.Header, h)
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	return w
}

func soon() time.Time { return time.Now().Add(time.Minute) }

// SG1, SG10: a token is one opaque element, and every other text than it is refused before any I/O.
func TestSignedURLWithAnyByteChangedIsRefused(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinked(t, s, map[string]string{"a b+c.txt": "content"})
	link, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a b+c.txt", Expires: soon()})
	require.NoError(t, err)
	path := strings.TrimPrefix(link, "https://files.example")
	require.Equal(t, http.StatusOK, l.get(t, path).Code)
	before := l.trips.Load()
	for i := len("/dl/"); i < len(path); i++ {
		for _, c := range []byte("A_z/.-%;") {
			if path[i] == c {
				continue
			}
			b := []byte(path)
			b[i] = c
			u, err := url.Parse(string(b))
			if err != nil {
				continue // refused by every server before a handler sees it
			}
			code := l.get(t, u.String()).Code
			if strings.Contains(u.Path, "//") {
				assert.Equal(t, http.StatusTemporaryRedirect, code, "http.ServeMux cleans the path: what is left is no token")
				continue
			}
			assert.Equal(t, http.StatusForbidden, code, "%d %q", i, c)
		}
	}
	variants := []string{
		path + "=", path + "/", path[:len(path)-1], path + "A", "/dl/%" + hex.EncodeToString([]byte(path[4:5])) + path[5:],
		"/dl/", "/dl/" + strings.ToUpper(path[4:]), path + ";x", path + "%0A", path + "%00",
	}
	for _, v := range variants {
		assert.Equal(t, http.StatusForbidden, l.get(t, v).Code, v)
	}
	assert.Equal(t, before, l.trips.Load(), "asked the storage before the signature was checked")
}

// SG6, SG8, SG9, SG12: nothing rides along.
func TestSignedURLTakesNoQuery(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinked(t, s, map[string]string{"a": "content"})
	link, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon()})
	require.NoError(t, err)
	for _, q := range []string{"?", "?response-content-type=text/html", "?download=0", "?key=a&key=secret", "?x=", "?utm_source=x", "?expires=9999999999"} {
		w := l.get(t, link+q)
		assert.Equal(t, http.StatusForbidden, w.Code, q)
		assert.Equal(t, "Forbidden\n", w.Body.String())
	}
	assert.Zero(t, l.trips.Load())
}

// SG11, D15, SG18: keys are carried as bytes, so that no escaping on the way can change them.
func TestEveryKeyCanBeSigned(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	keys := []string{
		"a b", "a+b", "a%20b", "a%2Fb", "d/a", "é", "e\u0301", "文.txt", "a?b#c;d&e=f", `a"b\c`, "~", "'", "a\nb", "..hidden", "...", "x/../y",
		strings.Repeat("k", 1024),
	}
	objects := map[string]string{}
	for _, k := range keys {
		objects[k] = "content of " + k
	}
	l := newLinked(t, s, objects)
	for _, k := range keys {
		link, err := l.File(k).SignedURL(t.Context(), wrapper.SignOptions{})
		require.NoError(t, err)
		w := l.get(t, link)
		assert.Equal(t, http.StatusOK, w.Code, "%q", k)
		assert.Equal(t, objects[k], w.Body.String())
	}
	raw := s
	for _, k := range []string{"\xff\xfe", "a\x00b"} {
		token, err := raw.Token(blobdownload.Link{Store: "docs", Key: k, Expires: soon()})
		require.NoError(t, err)
		got, err := raw.Verify(httptest.NewRequest(http.MethodGet, "/", http.NoBody), token)
		require.NoError(t, err)
		assert.Equal(t, k, got.Key)
	}
}

// SG2, SG28: bad, expired and missing look the same from outside.
func TestRefusalsAreAlike(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSigner(t, nil)
		l := newLinked(t, s, map[string]string{"a": "content"})
		sign := func(link blobdownload.Link) string {
			u, err := s.Sign(link)
			require.NoError(t, err)
			return u
		}
		good := sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon()})
		missing := sign(blobdownload.Link{Store: "docs", Key: "b", Expires: soon().Add(time.Hour)})
		noStore := sign(blobdownload.Link{Store: "other", Key: "a", Expires: soon().Add(time.Hour)})
		require.Equal(t, http.StatusOK, l.get(t, good).Code)
		time.Sleep(2 * time.Minute)
		trips := l.trips.Load()
		var answers []*httptest.ResponseRecorder
		for _, u := range []string{good, good + "x", "https://files.example/dl/"} {
			answers = append(answers, l.get(t, u))
		}
		assert.Equal(t, trips, l.trips.Load())
		for _, u := range []string{missing, noStore} {
			answers = append(answers, l.get(t, u))
		}
		for _, w := range answers {
			assert.Equal(t, http.StatusForbidden, w.Code)
			assert.Equal(t, answers[0].Body.String(), w.Body.String())
			assert.Equal(t, answers[0].Header(), w.Header())
		}
	})
}

// SG13, SG14, SG22, D16: what a signer refuses to be built of, or to sign.
func TestSignerRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*blobdownload.SignerOptions){
		"no keys":       func(o *blobdownload.SignerOptions) { o.Keys = nil },
		"empty key":     func(o *blobdownload.SignerOptions) { o.Keys[0].Secret = nil },
		"short key":     func(o *blobdownload.SignerOptions) { o.Keys[1].Secret = make([]byte, 31) },
		"no id":         func(o *blobdownload.SignerOptions) { o.Keys[0].ID = "" },
		"same id":       func(o *blobdownload.SignerOptions) { o.Keys[1].ID = o.Keys[0].ID },
		"no URL":        func(o *blobdownload.SignerOptions) { o.URL = "" },
		"scheme":        func(o *blobdownload.SignerOptions) { o.URL = "ftp://h/dl" },
		"host alone":    func(o *blobdownload.SignerOptions) { o.URL = "//h/dl" },
		"credentials":   func(o *blobdownload.SignerOptions) { o.URL = "https://u:p@h/dl" },
		"query":         func(o *blobdownload.SignerOptions) { o.URL = "https://h/dl?x" },
		"leeway":        func(o *blobdownload.SignerOptions) { o.Leeway = 2 * time.Minute },
		"never expires": func(o *blobdownload.SignerOptions) { o.MaxExpiry = -1 },
	} {
		o := blobdownload.SignerOptions{Keys: []blobdownload.SigningKey{newKey, oldKey}, URL: "/dl"}
		change(&o)
		_, err := blobdownload.NewSigner(o)
		assert.Error(t, err, name)
	}
	s := newSigner(t, nil)
	for name, l := range map[string]blobdownload.Link{
		"no expiry":   {Key: "a"},
		"past":        {Key: "a", Expires: time.Now().Add(-time.Second)},
		"too long":    {Key: "a", Expires: time.Now().Add(wrapper.MaxExpiry + time.Minute)},
		"never valid": {Key: "a", Expires: soon(), NotBefore: soon().Add(time.Hour)},
		"no key":      {Expires: soon()},
		"no account":  {Key: "a", Expires: soon(), Once: true},
		"no client":   {Key: "a", Expires: soon(), Client: "u1"},
		"too large":   {Key: strings.Repeat("k", 8<<10), Expires: soon()},
	} {
		_, err := s.Token(l)
		assert.Error(t, err, name)
	}
}

// SG4, SG5, SG15, SG20, SG21: nothing in a token chooses how it is checked, nor where it is good.
func TestVerify(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	link := blobdownload.Link{Store: "docs", Key: "a", Expires: soon()}
	signed := func(change func(*blobdownload.SignerOptions)) string {
		token, err := newSigner(t, change).Token(link)
		require.NoError(t, err)
		return token
	}
	sum := sha256.Sum256(append(bytes.Clone(newKey.Secret), 'a'))
	for name, token := range map[string]string{
		"other purpose":  signed(func(o *blobdownload.SignerOptions) { o.Purpose = "upload" }),
		"other audience": signed(func(o *blobdownload.SignerOptions) { o.URL = "https://other.example/dl/" }),
		"other secret": signed(func(o *blobdownload.SignerOptions) {
			o.Keys = []blobdownload.SigningKey{{ID: "2026", Secret: oldKey.Secret}}
		}),
		"unknown key": signed(func(o *blobdownload.SignerOptions) {
			o.Keys = []blobdownload.SigningKey{{ID: "2024", Secret: newKey.Secret}}
		}),
		"hash, not HMAC":    base64.RawURLEncoding.EncodeToString(append([]byte("\x01\x00\x042026\x01a"), sum[:]...)),
		"no signature":      base64.RawURLEncoding.EncodeToString([]byte("\x01\x00\x042026\x01a")),
		"another version":   base64.RawURLEncoding.EncodeToString(append([]byte("\x02\x00\x042026\x01a"), sum[:]...)),
		"length past end":   base64.RawURLEncoding.EncodeToString(append([]byte("\x01\x00\xff\xff\xff\xff\x0f"), sum[:]...)),
		"a JWT without alg": "eyJhbGciOiJub25lIn0.eyJrZXkiOiJhIn0.",
	} {
		_, err := newSigner(t, nil).Verify(r, token)
		assert.ErrorIs(t, err, blobdownload.ErrLink, name)
	}
	old := signed(func(o *blobdownload.SignerOptions) { o.Keys = []blobdownload.SigningKey{oldKey} })
	_, err := newSigner(t, nil).Verify(r, old)
	require.NoError(t, err, "an old key verifies until it is removed")
	_, err = newSigner(t, func(o *blobdownload.SignerOptions) { o.Keys = o.Keys[:1] }).Verify(r, old)
	require.ErrorIs(t, err, blobdownload.ErrLink)
}

// SG16.
func TestLinkTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		strict := newSigner(t, nil)
		lenient := newSigner(t, func(o *blobdownload.SignerOptions) { o.Leeway = 30 * time.Second })
		capped := newSigner(t, func(o *blobdownload.SignerOptions) { o.MaxExpiry = time.Minute })
		token, err := strict.Token(blobdownload.Link{Key: "a", NotBefore: time.Now().Add(20 * time.Second), Expires: time.Now().Add(5 * time.Minute)})
		require.NoError(t, err)
		check := func(s *blobdownload.Signer, good bool, when string) {
			_, err := s.Verify(r, token)
			assert.Equal(t, good, err == nil, "%s: %v", when, err)
		}
		check(strict, false, "not yet")
		check(lenient, true, "not yet, with leeway")
		check(capped, false, "longer than links may live")
		time.Sleep(20 * time.Second)
		check(strict, true, "in time")
		time.Sleep(5*time.Minute - 20*time.Second)
		check(strict, false, "expired to the second")
		check(lenient, true, "expired, with leeway")
		time.Sleep(30 * time.Second)
		check(lenient, false, "expired")
	})
}

// SG17.
func TestSignedURLMethods(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinked(t, s, map[string]string{"a": "content"})
	get, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{})
	require.NoError(t, err)
	head, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{Method: http.MethodHead})
	require.NoError(t, err)
	for _, tc := range []struct {
		method, url string
		want        int
	}{
		{"GET", get, 200}, {"HEAD", get, 200}, {"HEAD", head, 200}, {"GET", head, 403}, {"HEAD", get + "x", 403},
		{"POST", get, 405}, {"PUT", get, 405}, {"DELETE", get, 405}, {"PATCH", get + "x", 405},
	} {
		assert.Equal(t, tc.want, l.do(t, tc.method, tc.url, nil).Code, tc.method)
	}
}

// SG26, SG30, SG25: options travel as typed fields and a cache keeps nothing for longer than the link lives.
func TestSignedURLOptions(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinked(t, s, map[string]string{"a.bin": "content"})
	u, err := l.File("a.bin").SignedURL(t.Context(), wrapper.SignOptions{
		Expiry:             time.Minute,
		ContentDisposition: `attachment; filename="r.pdf"; filename*=UTF-8''r%C3%A9.pdf`,
		ContentType:        "application/pdf",
		CacheControl:       "public, max-age=86400, s-maxage=30",
	})
	require.NoError(t, err)
	w := l.get(t, u)
	require.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "application/pdf", w.Header().Get("Content-Type"))
	assert.Contains(t, w.Header().Get("Content-Disposition"), "r%C3%A9.pdf")
	assert.Regexp(t, `^public, max-age=(60|59), s-maxage=30$`, w.Header().Get("Cache-Control"))
	_, err = l.File("a.bin").SignedURL(t.Context(), wrapper.SignOptions{ContentDisposition: "form-data; name=x"})
	require.ErrorIs(t, err, errors.ErrUnsupported)

	revoked := errors.New("no longer shared")
	view := blobdownload.LinkView(l.Storage).Authorized(func(r *http.Request) error {
		assert.Equal(t, "a.bin", blobdownload.LinkOf(r).Key)
		return &blobdownload.StatusError{Status: http.StatusForbidden, Err: revoked}
	})
	l.Handler = s.Require((&blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}).Handler(view))
	assert.Equal(t, http.StatusForbidden, l.get(t, u).Code, "a check of the application's runs on every use")
}

func TestLinkOfOneVersion(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	l := newLinked(t, s, map[string]string{"a": "first"})
	info, err := l.File("a").Stat(t.Context())
	require.NoError(t, err)
	u, err := l.File("a").SignedURL(t.Context(), wrapper.SignOptions{Version: info.ETag})
	require.NoError(t, err)
	assert.Equal(t, "first", l.get(t, u).Body.String())
	require.NoError(t, l.Bucket.WriteAll(t.Context(), "a", []byte("second"), nil))
	assert.Equal(t, http.StatusForbidden, l.get(t, u).Code)
}

func TestLinkForAClient(t *testing.T) {
	t.Parallel()
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Client = func(r *http.Request) string { return r.Header.Get("X-User") }
	})
	l := newLinked(t, s, map[string]string{"a": "content"})
	u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon(), Client: "alice"})
	require.NoError(t, err)
	for user, want := range map[string]int{"alice": 200, "bob": 403, "": 403} {
		assert.Equal(t, want, l.do(t, http.MethodGet, u, http.Header{"X-User": {user}}).Code, user)
	}
	free, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon()})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, l.get(t, free).Code, "a link for nobody in particular")
}

type used struct {
	mu  sync.Mutex
	ids map[string]bool
	err error
}

func (u *used) Use(_ context.Context, id string, _ time.Time) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fresh := !u.ids[id]
	u.ids[id] = true
	return fresh, u.err
}

// SG24: a link for one use is spent by the first GET, whatever part it asks for.
func TestLinkForOneUse(t *testing.T) {
	t.Parallel()
	account := &used{ids: map[string]bool{}}
	s := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once = account })
	l := newLinked(t, s, map[string]string{"a": "content"})
	link := func() string {
		u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon(), Once: true})
		require.NoError(t, err)
		return u
	}
	u := link()
	assert.Equal(t, http.StatusForbidden, l.get(t, u+"x").Code)
	assert.Empty(t, account.ids, "a bad link spends nothing")
	assert.Equal(t, http.StatusOK, l.do(t, http.MethodHead, u, nil).Code)
	w := l.do(t, http.MethodGet, u, http.Header{"Range": {"bytes=0-1"}})
	assert.Equal(t, http.StatusPartialContent, w.Code)
	assert.Equal(t, "private, no-store", w.Header().Get("Cache-Control"))
	assert.Equal(t, http.StatusForbidden, l.do(t, http.MethodGet, u, http.Header{"Range": {"bytes=2-3"}}).Code)

	u = link()
	var ok atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if l.get(t, u).Code == http.StatusOK {
				ok.Add(1)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int64(1), ok.Load())

	account.err = errors.New("database is away")
	assert.Equal(t, http.StatusServiceUnavailable, l.get(t, link()).Code)
}

// SG29: where links lead is configured, whatever Host a request names.
func TestSignedURLIgnoresHost(t *testing.T) {
	t.Parallel()
	s := newSigner(t, nil)
	u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: soon()})
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(u, "https://files.example/dl/"), u)
	l := newLinked(t, s, map[string]string{"a": "content"})
	assert.Equal(t, http.StatusOK, l.get(t, "https://evil.example/dl/"+u[strings.LastIndexByte(u, '/')+1:]).Code)
}

func TestTokensStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	l := newLinked(t, s, map[string]string{"a": "content"})
	token, err := s.Token(blobdownload.Link{Store: "docs", Key: "missing", Expires: soon()})
	require.NoError(t, err)
	l.get(t, "/dl/"+token)
	other, err := newSigner(t, func(o *blobdownload.SignerOptions) { o.Purpose = "upload" }).
		Token(blobdownload.Link{Store: "docs", Key: "a", Expires: soon()})
	require.NoError(t, err)
	l.get(t, "/dl/"+other)
	assert.Contains(t, l.log.String(), "not exist")
	assert.Contains(t, log.String(), "wrong signature")
	assert.NotContains(t, l.log.String()+log.String(), token)
	assert.NotContains(t, log.String(), other)
}

func TestLinkViewWithoutALink(t *testing.T) {
	t.Parallel()
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler)}
	w := httptest.NewRecorder()
	server.Handler(blobdownload.LinkView()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/dl/x", http.NoBody))
	assert.Equal(t, http.StatusForbidden, w.Code)
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	assert.Equal(t, "Forbidden\n", string(body))
}
