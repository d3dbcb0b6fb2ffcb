package blobdownload_test

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestS4LinkForOneClientIsPrivate(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.Client = func(*http.Request) string { return "alice" }
		o.Once = &oneUseMap{ids: map[string]bool{}}
	})
	l := newLinkServer(t, signer, map[string]string{"a": "content"})
	for policy, want := range map[string]string{
		"":                           "private, no-cache",
		"public, max-age=1":          "private, max-age=1",
		"s-maxage=1, max-age=1":      "private, max-age=1",
		"public, no-cache":           "private, no-cache",
		"max-age=1, must-revalidate": "private, max-age=1, must-revalidate",
	} {
		u, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute(), Client: "alice", CacheControl: policy})
		require.NoError(t, err)
		assert.Equal(t, want, l.get(t, u).Header().Get("Cache-Control"), policy)
	}
}

// A policy of the view counts less than the link.
func TestS4ViewCannotMakeALinkPublic(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, func(o *blobdownload.SignerOptions) {
		o.URL = "/dl/"
		o.Client = func(*http.Request) string { return "alice" }
		o.Once = &oneUseMap{ids: map[string]bool{}}
	})
	l := newLinkServer(t, signer, map[string]string{"a": "content"})
	h := signer.Require(quietServer().Handler(blobdownload.LinkView(l.Storage).Cached(blobdownload.Immutable)))
	for name, c := range map[string]struct {
		link blobdownload.Link
		want string
	}{
		"client": {blobdownload.Link{Client: "alice"}, `^private, max-age=\d\d?, immutable$`},
		"once":   {blobdownload.Link{Once: true}, `^private, no-store$`},
		"any":    {blobdownload.Link{}, `^public, max-age=\d\d?, immutable$`},
	} {
		c.link.Store, c.link.Key, c.link.Expires = "docs", "a", inAMinute()
		u, err := signer.Sign(c.link)
		require.NoError(t, err)
		assert.Regexp(t, c.want, exchange(t, h, "GET", u).Header.Get("Cache-Control"), name)
	}
}

func TestS5NothingIsCachedBeyondALink(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, nil)
	l := newLinkServer(t, signer, map[string]string{"a": "content"})
	age := regexp.MustCompile(`(?:max-age|s-maxage)=(\d+)`)
	for policy, want := range map[string]string{
		"public":                              `^public, max-age=\d+$`,
		"immutable":                           `^immutable, max-age=\d+$`,
		"public, s-maxage=9999":               `^public, s-maxage=\d+, max-age=\d+$`,
		"max-age":                             `^max-age=\d+$`,
		"max-age=x":                           `^max-age=\d+$`,
		"max-age=99999999999999999999":        `^max-age=\d+$`,
		`MAX-AGE="9999"`:                      `^max-age=\d+$`,
		"max-age=9999, stale-if-error=9999":   `^max-age=\d+$`,
		"max-age=1, Stale-While-Revalidate=9": `^max-age=1$`,
		"no-cache, stale-if-error=9":          `^no-cache$`,
		"no-store":                            `^no-store$`,
		`no-cache="set-cookie"`:               `^no-cache="set-cookie", max-age=\d+$`,
	} {
		u, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: time.Now().Add(time.Minute), CacheControl: policy})
		require.NoError(t, err)
		got := l.get(t, u).Header().Get("Cache-Control")
		assert.Regexp(t, want, got, policy)
		for _, m := range age.FindAllStringSubmatch(got, -1) {
			n, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			assert.LessOrEqual(t, n, 60, policy)
		}
	}
}

// A redirect to a signed URL, or a field of the optimizer, must not be cached longer than the link either.
func TestS5RedirectIsNotCachedBeyondALink(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, func(o *blobdownload.SignerOptions) { o.URL = "/dl/" })
	l := newLinkServer(t, signer, map[string]string{"a": "content"})
	for _, status := range []int{200, 302} {
		server := quietServer()
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return &blobdownload.Redirect{Status: status, Header: http.Header{"Cache-Control": {"private, max-age=9999"}}}, nil
		})
		u, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: inAMinute()})
		require.NoError(t, err)
		resp := exchange(t, signer.Require(server.Handler(blobdownload.LinkView(l.Storage))), "GET", u)
		assert.Regexp(t, `^private, max-age=\d\d?$`, resp.Header.Get("Cache-Control"))
	}
}
