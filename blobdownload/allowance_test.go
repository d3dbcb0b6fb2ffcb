package blobdownload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// failingUses is a UseStore that can be down.
type failingUses struct {
	blobdownload.MemoryUses
	mu  sync.Mutex
	err error
}

func (u *failingUses) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.err = err
}

func (u *failingUses) Update(ctx context.Context, id string, expires time.Time, change func([]byte) ([]byte, error)) error {
	u.mu.Lock()
	err := u.err
	u.mu.Unlock()
	if err != nil {
		return err
	}
	return u.MemoryUses.Update(ctx, id, expires, change)
}

// allowanceLink is the handler of a link for n downloads of content.
type allowanceLink struct {
	http.Handler
	url  string
	uses *failingUses
}

func newAllowanceLink(t *testing.T, n int, content []byte, o blobdownload.Optimizer) *allowanceLink {
	t.Helper()
	uses := &failingUses{}
	l := newAllowanceLinkOf(t, uses, n, content, o)
	l.uses = uses
	return l
}

func newAllowanceLinkOf(t *testing.T, uses blobdownload.UseStore, n int, content []byte, o blobdownload.Optimizer) *allowanceLink {
	t.Helper()
	l := &allowanceLink{}
	signer := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once, o.URL = uses, "/dl/" })
	link, err := signer.Sign(blobdownload.Link{Store: "docs", Key: "a", Expires: time.Now().Add(24 * time.Hour), Downloads: n})
	require.NoError(t, err)
	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = bucket.Close() })
	require.NoError(t, bucket.WriteAll(t.Context(), "a", content, nil))
	server := quietServer()
	server.Optimizer = o
	l.url = link
	l.Handler = signer.Require(server.Handler(blobdownload.LinkView(&blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)})))
	return l
}

func (l *allowanceLink) get(t *testing.T, header ...string) *http.Response {
	t.Helper()
	return exchange(t, l, http.MethodGet, l.url, header...)
}

// left returns how many whole downloads remain.
func (l *allowanceLink) left(t *testing.T) (n int) {
	t.Helper()
	for l.get(t).StatusCode == http.StatusOK {
		n++
	}
	return n
}

var mebibyte = make([]byte, 1<<20)

func TestAllowanceCountsDownloads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		requests [][]string // headers
		left     int
	}{
		"nothing":          {nil, 3},
		"one":              {[][]string{{}}, 2},
		"probed ranges":    {[][]string{{"Range", "bytes=0-0"}, {"Range", "bytes=-100"}, {"Range", "bytes=-100"}}, 3},
		"in ranges":        {[][]string{{"Range", "bytes=0-524287"}, {"Range", "bytes=524288-"}}, 2},
		"in parts":         {[][]string{{"Range", "bytes=0-99,500000-524287"}, {"Range", "bytes=100-499999"}, {"Range", "bytes=524288-"}}, 2},
		"a range of it":    {[][]string{{"Range", "bytes=0-1048574"}}, 3},
		"not modified":     {[][]string{{"If-None-Match", "*"}, {"If-None-Match", "*"}, {"If-None-Match", "*"}}, 3},
		"unsatisfiable":    {[][]string{{"Range", "bytes=9999999-"}}, 3},
		"prefetch":         {[][]string{{"Sec-Purpose", "prefetch"}, {"Purpose", "prefetch"}}, 3},
		"link scanners":    {[][]string{{"User-Agent", "Slackbot-LinkExpanding 1.0"}, {"User-Agent", "facebookexternalhit/1.1"}, {"User-Agent", "WhatsApp/2.2"}}, 3},
		"all, and no more": {[][]string{{}, {}, {}, {}, {"Range", "bytes=0-0"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newAllowanceLink(t, 3, mebibyte, nil)
			for _, h := range c.requests {
				l.get(t, h...)
			}
			assert.Equal(t, c.left, l.left(t))
		})
	}
}

func TestAllowanceHeadCostsNothing(t *testing.T) {
	t.Parallel()
	l := newAllowanceLink(t, 1, mebibyte, nil)
	for range 3 {
		assert.Equal(t, http.StatusOK, exchange(t, l, http.MethodHead, l.url).StatusCode)
	}
	resp := l.get(t)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "private, no-store", resp.Header.Get("Cache-Control"))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		assert.Equal(t, http.StatusForbidden, exchange(t, l, method, l.url).StatusCode)
	}
	assert.Equal(t, http.StatusForbidden, l.get(t, "Range", "bytes=5-9").StatusCode)
}

// AL5: bytes that others send cannot be counted.
func TestAllowanceIsNotOffloaded(t *testing.T) {
	t.Parallel()
	l := newAllowanceLink(t, 1, mebibyte, offloader(blobdownload.ProxyValidators, false))
	resp := l.get(t)
	assert.Empty(t, resp.Header.Get("X-Accel-Redirect"))
	assert.Len(t, bodyText(t, resp), len(mebibyte))
	assert.Equal(t, http.StatusForbidden, l.get(t).StatusCode)
}

// AL6: nothing is given away without an account, at the start or in the middle.
func TestAllowanceWithoutAnAccountIsA503(t *testing.T) {
	t.Parallel()
	l := newAllowanceLink(t, 1, mebibyte, nil)
	l.uses.fail(errors.New("database is down"))
	resp := l.get(t)
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Equal(t, "Service Unavailable\n", bodyText(t, resp))

	l.uses.fail(nil)
	w := &databaseStopper{httptest.NewRecorder(), l.uses}
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { l.ServeHTTP(w, request(t, http.MethodGet, l.url)) })
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Positive(t, w.Body.Len())
	assert.Less(t, w.Body.Len(), len(mebibyte), "the last part is sent after it has been accounted")

	l.uses.fail(nil)
	assert.Equal(t, 1, l.left(t), "an aborted download is not counted")
}

// databaseStopper is a client whose first bytes are the last ones that the database accounts.
type databaseStopper struct {
	*httptest.ResponseRecorder
	uses *failingUses
}

func (w *databaseStopper) Write(p []byte) (int, error) {
	w.uses.fail(errors.New("database is down"))
	return w.ResponseRecorder.Write(p)
}

// AL1: of a hundred downloads in flight, as many are complete as are allowed.
func TestParallelDownloadsOfAnAllowance(t *testing.T) {
	t.Parallel()
	l := newAllowanceLink(t, 3, mebibyte, nil)
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	var wg sync.WaitGroup
	var mu sync.Mutex
	complete, statuses := 0, map[int]int{}
	for range 100 {
		wg.Go(func() {
			resp, err := server.Client().Get(server.URL + l.url)
			if err != nil {
				return
			}
			defer resp.Body.Close()
			n, err := io.Copy(io.Discard, resp.Body)
			mu.Lock()
			defer mu.Unlock()
			statuses[resp.StatusCode]++
			if resp.StatusCode == http.StatusOK && err == nil && n == int64(len(mebibyte)) {
				complete++
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 3, complete, "%v", statuses)
	assert.Equal(t, http.StatusForbidden, l.get(t).StatusCode)
}

// Another client waits while the last download is in flight, and gets it if that has failed.
func TestAllowanceInFlightOfAnotherClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newAllowanceLink(t, 1, mebibyte, nil)
		from := func(addr string, header ...string) *http.Response {
			r := request(t, http.MethodGet, l.url, header...)
			r.RemoteAddr = addr
			w := httptest.NewRecorder()
			l.ServeHTTP(w, r)
			return w.Result()
		}
		assert.Equal(t, http.StatusPartialContent, from("192.0.2.1:1", "Range", "bytes=0-99").StatusCode)
		busy := from("192.0.2.2:1")
		assert.Equal(t, http.StatusTooManyRequests, busy.StatusCode)
		assert.Equal(t, "30", busy.Header.Get("Retry-After"))
		assert.Equal(t, http.StatusPartialContent, from("192.0.2.1:2", "Range", "bytes=100-199").StatusCode)
		time.Sleep(31 * time.Second)
		assert.Equal(t, http.StatusOK, from("192.0.2.2:1").StatusCode)
		assert.Equal(t, http.StatusForbidden, from("192.0.2.1:3", "Range", "bytes=200-").StatusCode)
	})
}

func TestSignerRejectsInvalidAllowances(t *testing.T) {
	t.Parallel()
	counted := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once = &blobdownload.MemoryUses{} })
	once := newSigner(t, func(o *blobdownload.SignerOptions) { o.Once = &oneUseMap{} })
	for name, c := range map[string]struct {
		signer *blobdownload.Signer
		link   blobdownload.Link
	}{
		"negative":    {counted, blobdownload.Link{Downloads: -1}},
		"too many":    {counted, blobdownload.Link{Downloads: blobdownload.MaxDownloads + 1}},
		"and once":    {counted, blobdownload.Link{Downloads: 2, Once: true}},
		"no UseStore": {once, blobdownload.Link{Downloads: 2}},
		"no account":  {newSigner(t, nil), blobdownload.Link{Downloads: 2}},
	} {
		c.link.Key, c.link.Expires = "a", inAMinute()
		_, err := c.signer.Sign(c.link)
		assert.Error(t, err, name)
	}
	token, err := counted.Token(blobdownload.Link{Key: "a", Expires: inAMinute(), Downloads: 2})
	require.NoError(t, err)
	r := request(t, http.MethodGet, "/")
	for _, want := range []error{nil, nil, blobdownload.ErrLink} {
		l, err := counted.Verify(r, token)
		require.ErrorIs(t, err, want)
		if want == nil {
			assert.Equal(t, 2, l.Downloads)
		}
	}
	_, err = once.Verify(r, token)
	require.ErrorIs(t, err, blobdownload.ErrLink, "not a UseStore")
}

func TestMemoryUsesForgetExpiredLinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var m blobdownload.MemoryUses
		use := func(id string) bool {
			fresh, err := m.Use(t.Context(), id, inAMinute())
			require.NoError(t, err)
			return fresh
		}
		assert.True(t, use("a"))
		assert.False(t, use("a"))
		time.Sleep(5 * time.Minute)
		assert.True(t, use("b"))
		assert.True(t, use("a"), "expired")
	})
}
