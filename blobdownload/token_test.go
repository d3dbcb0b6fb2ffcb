package blobdownload_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// FuzzSign: verifying returns the signed link, and no other link has the same MAC input.
func FuzzSign(f *testing.F) {
	f.Add("docs", "a/b", "v1", "n.txt", "docs", "a", "/bv1", "n.txt", true)
	f.Add("", "k", "", "", "k", "", "", "", false)
	f.Add("s", "\xff\xfe\x00", "\x01", "é", "s", "\xff", "\xfe\x00\x01", "é", false)
	s := newSigner(f, nil)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	f.Fuzz(func(t *testing.T, store, key, version, name, store2, key2, version2, name2 string, inline bool) {
		l := blobdownload.Link{Store: store, Key: key, Version: version, Filename: name, Inline: inline,
			Expires: time.Unix(time.Now().Unix()+60, 0)}
		if key != "" && len(store+key+version+name) < 4000 {
			token, err := s.Token(l)
			require.NoError(t, err)
			got, err := s.Verify(r, token)
			require.NoError(t, err)
			assert.Equal(t, &l, got)
		}
		o := l
		o.Store, o.Key, o.Version, o.Filename = store2, key2, version2, name2
		same := l == o
		input := string(blobdownload.MACInput(&l, "k", "p", "a", "c"))
		assert.Equal(t, same, input == string(blobdownload.MACInput(&o, "k", "p", "a", "c")))
		assert.Equal(t, store == key && name == version,
			string(blobdownload.MACInput(&l, store, name, "a", "c")) == string(blobdownload.MACInput(&l, key, version, "a", "c")))
		assert.NotEqual(t, input, string(blobdownload.MACInput(&l, "k", "pa", "", "c")))
	})
}

// FuzzVerify: only a signed token verifies.
func FuzzVerify(f *testing.F) {
	s := newSigner(f, nil)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	good, err := s.Token(blobdownload.Link{Store: "docs", Key: "a", Expires: time.Now().Truncate(24 * time.Hour).Add(48 * time.Hour)}) // one for all processes
	require.NoError(f, err)
	f.Add("", uint16(0), byte(0))
	f.Add(good, uint16(7), byte(1))
	f.Add(good+"\n", uint16(len(good)), byte('A'))
	f.Fuzz(func(t *testing.T, token string, at uint16, c byte) {
		if _, err := s.Verify(r, token); err == nil {
			assert.Equal(t, good, token)
		}
		changed := []byte(good)
		if i := int(at) % len(changed); changed[i] != c {
			changed[i] = c
			_, err := s.Verify(r, string(changed))
			assert.ErrorIs(t, err, blobdownload.ErrLink, "byte %d became %q", i, c)
		}
	})
}
