package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func requestWithID(id string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header["X-Request-Id"] = []string{id}
	return r
}

// LG7: with RequestIDs each request has a URL of its own, with a valid id. Others share a URL.
func TestPresignSignsRequestIDs(t *testing.T) {
	t.Parallel()
	p := &proxy.Presign{RequestIDs: true}
	require.NoError(t, proxy.Validate(p))
	src, d := signedObject("k", func(o wrapper.SignOptions) (string, error) {
		return "https://store.example/k?x-request-id=" + url.QueryEscape(o.RequestID), nil
	})
	location := func(p *proxy.Presign, r *http.Request) string {
		to, err := p.Optimize(r, d)
		require.NoError(t, err)
		return to.Header.Get("Location")
	}
	assert.Equal(t, "https://store.example/k?x-request-id=a1", location(p, requestWithID("a1")))
	assert.Equal(t, "https://store.example/k?x-request-id=b%3D2", location(p, requestWithID("b=2")))
	assert.Equal(t, "https://store.example/k?x-request-id=a1", location(p, requestWithID("a1")))
	assert.EqualValues(t, 3, src.count.Load(), "no URL with an id is cached")
	for _, r := range []*http.Request{getRequest, requestWithID("not\nvalid"), requestWithID("a&x-request-id=b")} {
		assert.Equal(t, "https://store.example/k?x-request-id=", location(p, r))
	}
	assert.EqualValues(t, 4, src.count.Load(), "URLs without an id are cached")

	plain := &proxy.Presign{}
	assert.Equal(t, "https://store.example/k?x-request-id=", location(plain, requestWithID("a1")))
	assert.Empty(t, src.last.RequestID, "only with RequestIDs")

	require.ErrorContains(t, proxy.Validate(&proxy.Presign{RequestIDs: true, MaxAge: time.Minute}), "proxy: Presign.RequestIDs: ")
}

// LG7: the signature of a CDN's URL covers the id.
func TestCDNSignsRequestIDs(t *testing.T) {
	t.Parallel()
	c := cdn()
	c.RequestIDs = true
	for _, overrides := range []bool{false, true} {
		c.Overrides = overrides
		for _, id := range []string{"a1", "b=2", "a1"} {
			u, err := url.Parse(redirected(t, c, "docs", "public/a", "Location", requestWithID(id)))
			require.NoError(t, err)
			assert.Equal(t, []string{id}, u.Query()["x-request-id"])
			assert.Equal(t, overrides, u.Query().Get("response-content-type") != "")
			assert.Regexp(t, `x-request-id=[^&]+&Expires=\d+&KeyName=k&Signature=[^&]+$`, u.RawQuery)
		}
	}
	for _, r := range []*http.Request{nil, requestWithID("not\nvalid")} {
		assert.NotContains(t, redirected(t, c, "docs", "public/a", "Location", r), "x-request-id")
	}
	c.RequestIDs = false
	assert.NotContains(t, redirected(t, c, "docs", "public/a", "Location", requestWithID("a1")), "x-request-id")
}
