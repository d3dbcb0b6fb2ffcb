package storagetest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
)

// fatalSpy is a testing.TB that records messages, ends at Fatalf, and runs its cleanups.
type fatalSpy struct {
	testing.TB
	spy
	name     string
	cleanups []func()
}

func (s *fatalSpy) Helper()                           {}
func (s *fatalSpy) Name() string                      { return s.name }
func (s *fatalSpy) Errorf(format string, args ...any) { s.spy.Errorf(format, args...) }
func (s *fatalSpy) Cleanup(f func())                  { s.cleanups = append(s.cleanups, f) }

func (s *fatalSpy) Fatalf(format string, args ...any) {
	s.spy.Errorf(format, args...)
	runtime.Goexit()
}

// run calls f as a separate test.
func (s *fatalSpy) run(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func TestNewRequestOptions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 13, 0, 0, 5, time.FixedZone("CET", 3600))
	const date = "Sun, 01 Mar 2026 12:00:00 GMT"
	for _, tc := range []struct {
		name, value string
		options     []storagetest.RequestOption
	}{
		{"Range", "bytes=0-4", []storagetest.RequestOption{storagetest.Range(0, 4)}},
		{"Range", "bytes=5-", []storagetest.RequestOption{storagetest.RangeFrom(5)}},
		{"Range", "bytes=-5", []storagetest.RequestOption{storagetest.RangeLast(5)}},
		{"Range", "bytes=0-0, 2-3, -1", []storagetest.RequestOption{storagetest.Range(0, 0), storagetest.Range(2, 3), storagetest.RangeLast(1)}},
		{"Range", "lines=1", []storagetest.RequestOption{storagetest.Header("Range", "lines=1")}},
		{"If-Range", `"a"`, []storagetest.RequestOption{storagetest.IfRange(`"a"`)}},
		{"If-Range", date, []storagetest.RequestOption{storagetest.IfRangeSince(at)}},
		{"If-Match", `*`, []storagetest.RequestOption{storagetest.IfMatch("*")}},
		{"If-None-Match", `"a", W/"b"`, []storagetest.RequestOption{storagetest.IfNoneMatch(`"a"`, `W/"b"`)}},
		{"If-Modified-Since", date, []storagetest.RequestOption{storagetest.IfModifiedSince(at)}},
		{"If-Unmodified-Since", date, []storagetest.RequestOption{storagetest.IfUnmodifiedSince(at)}},
	} {
		r := storagetest.Get(t, "/a", tc.options...)
		assert.Equal(t, []string{tc.value}, r.Header.Values(tc.name))
		assert.Len(t, r.Header, 1)
	}
}

func TestNewRequestIsForHandlersAndForClients(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Method, " ", r.URL.Path, " ", r.Host != "" && r.RemoteAddr != "")
	})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, storagetest.Get(t, "/a%20b"))
	assert.Equal(t, "GET /a b true", rec.Body.String())

	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	resp, err := srv.Client().Do(storagetest.Get(t, srv.URL+"/a%20b"))
	require.NoError(t, err)
	defer resp.Body.Close()
	storagetest.CheckDownload(t, resp, storagetest.Want{Body: "GET /a b true"})
	head, err := srv.Client().Do(storagetest.Head(t, srv.URL))
	require.NoError(t, err)
	assert.NoError(t, head.Body.Close())
	assert.Equal(t, http.MethodHead, head.Request.Method)
}

func TestNewRequestMisuse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		target string
		option storagetest.RequestOption
		says   string
	}{
		"range backwards": {"/a", storagetest.Range(4, 0), "Range(4, 0) is invalid"},
		"negative range":  {"/a", storagetest.Range(-1, 0), "Range(-1, 0) is invalid"},
		"negative from":   {"/a", storagetest.RangeFrom(-1), "RangeFrom(-1) is invalid"},
		"negative last":   {"/a", storagetest.RangeLast(-1), "RangeLast(-1) is invalid"},
		"tag":             {"/a", storagetest.IfMatch("a"), "If-Match: a is no entity-tag"},
		"no tag":          {"/a", storagetest.IfNoneMatch(), "If-None-Match has no entity-tag"},
		"any range":       {"/a", storagetest.IfRange("*"), "If-Range: * is no entity-tag"},
		"star in a list":  {"/a", storagetest.IfMatch("*", `"a"`), "If-Match: * is no entity-tag"},
		"no time":         {"/a", storagetest.IfModifiedSince(time.Time{}), "If-Modified-Since has no time"},
		"no target":       {"a", storagetest.RangeFrom(0), `"a" is neither a path nor a URL`},
		"no URL":          {"http://[::1", storagetest.RangeFrom(0), "missing ']'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := fatalSpy{TB: t}
			tb.run(func() { storagetest.Get(&tb, tc.target, tc.option) })
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
}
