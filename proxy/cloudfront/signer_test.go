package cloudfront_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/cloudfront"
	"github.com/go-downloadview/downloadview/wrapper"
)

type locatedSource struct {
	wrapper.Source
	key string
}

func (l locatedSource) Location() wrapper.Location { return wrapper.Location{Bucket: "b", Key: l.key} }

// verify verifies a signature as CloudFront does: a canned policy is made from the requested URL.
func verify(t *testing.T, public *rsa.PublicKey, signed string) error {
	t.Helper()
	resource, params, _ := strings.Cut(signed, "?Expires=")
	q, err := url.ParseQuery("Expires=" + params)
	require.NoError(t, err)
	assert.Equal(t, "K123", q.Get("Key-Pair-Id"))
	policy := `{"Statement":[{"Resource":"` + resource + `","Condition":{"DateLessThan":{"AWS:EpochTime":` + q.Get("Expires") + `}}}]}`
	signature, err := base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(q.Get("Signature")))
	require.NoError(t, err)
	sum := sha1.Sum([]byte(policy))
	return rsa.VerifyPKCS1v15(public, crypto.SHA1, sum[:], signature)
}

func TestSignerSignsOneURL(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	s, err := cloudfront.NewSigner("K123", key)
	require.NoError(t, err)
	c := &proxy.CDN{Mounts: []proxy.Mount{{Store: "docs", Location: "https://d111.cloudfront.net/"}}, Signer: s}
	require.NoError(t, proxy.Validate(c))
	for _, name := range []string{"a.txt", "a b é.txt", "a*", "a?", "dir/100%"} { // PS30
		d := &blobdownload.Download{File: wrapper.New(name, locatedSource{key: name}).WithStore("docs")}
		to, err := c.Optimize(httptest.NewRequest(http.MethodGet, "/", http.NoBody), d)
		require.NoError(t, err)
		signed := to.Header.Get("Location")
		require.NoError(t, verify(t, &key.PublicKey, signed), signed)
		path, _, _ := strings.Cut(signed, "?")
		assert.NotContains(t, path, "*")
		assert.NotContains(t, signed, "Policy=", "canned: valid for one URL")
		require.Error(t, verify(t, &key.PublicKey, strings.Replace(signed, "cloudfront.net/", "cloudfront.net/x", 1)))
	}
	_, err = s.SignURL("https://d111.cloudfront.net/a*", time.Now().Add(time.Minute))
	require.Error(t, err)
	_, err = cloudfront.NewSigner("", key)
	require.Error(t, err)
	_, err = cloudfront.NewSigner("K", nil)
	require.Error(t, err)
}
