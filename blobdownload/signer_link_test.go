package blobdownload_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// SG4, SG5, SG15, SG20, SG21: no field of a token chooses its algorithm, purpose or audience.
func TestVerify(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	link := blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()}
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

// SG16: a link is valid from NotBefore until Expires, with Leeway.
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

func TestLinkForAClient(t *testing.T) {
	t.Parallel()
	s := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Client = func(r *http.Request) string { return r.Header.Get("X-User") }
	})
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute(), Client: "alice"})
	require.NoError(t, err)
	for user, want := range map[string]int{"alice": 200, "bob": 403, "": 403} {
		assert.Equal(t, want, l.do(t, http.MethodGet, u, http.Header{"X-User": {user}}).Code, user)
	}
	free, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, l.get(t, free).Code, "a link without Client")
}

// SG24: the first GET spends a link for one use, with or without a Range.
func TestLinkForOneUse(t *testing.T) {
	t.Parallel()
	account := &oneUseMap{ids: map[string]bool{}}
	s := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once = account })
	l := newLinkServer(t, s, map[string]string{"a": "content"})
	link := func() string {
		u, err := s.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute(), Once: true})
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
