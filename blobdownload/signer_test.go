package blobdownload_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// SG11, D15, SG18: tokens hold keys as bytes, which no escaping can change.
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
	l := newLinkServer(t, s, objects)
	for _, k := range keys {
		link, err := l.File(k).SignedURL(t.Context(), wrapper.SignOptions{})
		require.NoError(t, err)
		w := l.get(t, link)
		assert.Equal(t, http.StatusOK, w.Code, "%q", k)
		assert.Equal(t, objects[k], w.Body.String())
	}
	raw := s
	for _, k := range []string{"\xff\xfe", "a\x00b"} {
		token, err := raw.Token(blobdownload.Link{Store: "docs", Key: k, Expires: inAMinute()})
		require.NoError(t, err)
		got, err := raw.Verify(httptest.NewRequest(http.MethodGet, "/", http.NoBody), token)
		require.NoError(t, err)
		assert.Equal(t, k, got.Key)
	}
}

// SG13, SG14, SG22, D16: NewSigner rejects invalid options, and Token rejects invalid links.
func TestSignerRejectsInvalidOptionsAndLinks(t *testing.T) {
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
		"never valid": {Key: "a", Expires: inAMinute(), NotBefore: inAMinute().Add(time.Hour)},
		"no key":      {Expires: inAMinute()},
		"no account":  {Key: "a", Expires: inAMinute(), Once: true},
		"no client":   {Key: "a", Expires: inAMinute(), Client: "u1"},
		"too large":   {Key: strings.Repeat("k", 8<<10), Expires: inAMinute()},
	} {
		_, err := s.Token(l)
		assert.Error(t, err, name)
	}
}
