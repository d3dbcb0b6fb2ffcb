package blobdownload_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// onceLink is the handler of a one-time link to a file, and the account that stores its use.
type onceLink struct {
	http.Handler
	url     string
	account *oneUseMap
}

func newOnceLink(t *testing.T, file *wrapper.File, o blobdownload.Optimizer) *onceLink {
	l := &onceLink{account: &oneUseMap{ids: map[string]bool{}}}
	signer := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once, o.URL = l.account, "/dl/" })
	link, err := signer.Sign(blobdownload.Link{Key: "a", Expires: inAMinute(), Once: true})
	require.NoError(t, err)
	l.url = link
	server := quietServer()
	server.Optimizer = o
	l.Handler = signer.Require(server.Handler(viewOf(&blobdownload.Download{File: file})))
	return l
}

func (l *onceLink) used() bool {
	l.account.mu.Lock()
	defer l.account.mu.Unlock()
	return len(l.account.ids) > 0
}

func TestW14OneTimeLinkIsSpentByDelivery(t *testing.T) {
	t.Parallel()
	good := func() *wrapper.File { return newCountingSource("content").file("a") }
	broken := func(stat, open error) *wrapper.File {
		p := newCountingSource("content")
		p.statErr, p.openErr = stat, open
		return p.file("a")
	}
	for name, c := range map[string]struct {
		file   *wrapper.File
		method string
		header []string
		status int
		spent  bool
	}{
		"GET":              {good(), "GET", nil, 200, true},
		"part":             {good(), "GET", []string{"Range", "bytes=0-1"}, 206, true},
		"parts":            {good(), "GET", []string{"Range", "bytes=0-0,5-6"}, 206, true},
		"empty file":       {newCountingSource("").file("a"), "GET", nil, 200, true},
		"HEAD":             {good(), "HEAD", nil, 200, false},
		"OPTIONS":          {good(), "OPTIONS", nil, 204, false},
		"method":           {good(), "POST", nil, 405, false},
		"not modified":     {good(), "GET", []string{"If-None-Match", `"v1"`}, 304, false},
		"precondition":     {good(), "GET", []string{"If-Match", `"v2"`}, 412, false},
		"range":            {good(), "GET", []string{"Range", "bytes=99-"}, 416, false},
		"lookup fails":     {broken(errors.New("x"), nil), "GET", nil, 502, false},
		"open fails":       {broken(nil, errors.New("x")), "GET", nil, 502, false},
		"prefetch":         {good(), "GET", []string{"Sec-Purpose", "prefetch"}, 403, false},
		"prerender":        {good(), "GET", []string{"Sec-Purpose", "prefetch;prerender"}, 403, false},
		"private prefetch": {good(), "GET", []string{"Sec-Purpose", "prefetch; anonymous-client-ip"}, 403, false},
		"old prefetch":     {good(), "GET", []string{"Purpose", "prefetch"}, 403, false},
		"Safari's preview": {good(), "GET", []string{"X-Purpose", "preview"}, 403, false},
		"Firefox's":        {good(), "GET", []string{"X-Moz", "prefetch"}, 403, false},
		"a second purpose": {good(), "GET", []string{"Sec-Purpose", "other, Prefetch"}, 403, false},
		"not a prefetch":   {good(), "GET", []string{"Sec-Purpose", "other"}, 200, true},
		"dropped coding":   {codedSource("unknown", []byte("x")).file("a"), "GET", []string{"Accept-Encoding", "identity"}, 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newOnceLink(t, c.file, nil)
			assert.Equal(t, c.status, exchange(t, l, c.method, l.url, c.header...).StatusCode)
			assert.Equal(t, c.spent, l.used())
			if c.spent {
				again := exchange(t, l, "GET", l.url)
				assert.Equal(t, http.StatusForbidden, again.StatusCode)
				assert.Equal(t, "Forbidden\n", bodyText(t, again))
				assert.Equal(t, "no-store", again.Header.Get("Cache-Control"))
				assert.NotContains(t, again.Header, "Etag")
			}
		})
	}
}

func TestW14OneTimeLinkIsSpentByOffloading(t *testing.T) {
	t.Parallel()
	l := newOnceLink(t, newCountingSource("content").file("a"), offloader(blobdownload.AppValidators, false))
	assert.Equal(t, http.StatusNotModified, exchange(t, l, "GET", l.url, "If-None-Match", `"v1"`).StatusCode)
	assert.False(t, l.used())
	assert.NotEmpty(t, exchange(t, l, "GET", l.url).Header.Get("X-Accel-Redirect"))
	assert.True(t, l.used())
	again := exchange(t, l, "GET", l.url)
	assert.Equal(t, http.StatusForbidden, again.StatusCode)
	assert.Empty(t, again.Header.Get("X-Accel-Redirect"))
}

func TestW14FailedAccountOfOneTimeLinksIsA503(t *testing.T) {
	t.Parallel()
	l := newOnceLink(t, newCountingSource("content").file("a"), nil)
	l.account.err = errors.New("database is down")
	assert.Equal(t, http.StatusServiceUnavailable, exchange(t, l, "GET", l.url).StatusCode)
}

// A handler that is no Server sends content without a call of Link.Spend: the link is spent when it returns.
func TestW14OneTimeLinkOfAnotherHandler(t *testing.T) {
	t.Parallel()
	account := &oneUseMap{ids: map[string]bool{}}
	signer := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once, o.URL = account, "/dl/" })
	link, err := signer.Sign(blobdownload.Link{Key: "a", Expires: inAMinute(), Once: true})
	require.NoError(t, err)
	var spend []error
	h := signer.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Spend") != "" {
			spend = append(spend, blobdownload.LinkOf(r).Spend(r.Context()), blobdownload.LinkOf(r).Spend(r.Context()))
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), request(t, "GET", link))
	assert.Len(t, account.ids, 1)
	h.ServeHTTP(httptest.NewRecorder(), request(t, "GET", link, "Spend", "1"))
	require.Len(t, spend, 2)
	assert.ErrorIs(t, spend[0], blobdownload.ErrLink)
	assert.ErrorIs(t, spend[1], blobdownload.ErrLink)
}
