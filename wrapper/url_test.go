package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

var modified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// origin is a server that records the method, range and preconditions of every request.
type origin struct {
	*httptest.Server
	mu  sync.Mutex
	got []string
}

func newOrigin(t *testing.T, h http.HandlerFunc) *origin {
	o := &origin{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method
		for _, f := range []string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Cookie"} {
			if v := r.Header.Get(f); v != "" {
				line += fmt.Sprintf(" %s: %s;", f, v)
			}
		}
		o.mu.Lock()
		o.got = append(o.got, line)
		o.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) file(t *testing.T) *wrapper.File {
	c := o.Client()
	t.Cleanup(c.CloseIdleConnections)
	return wrapper.URL(c, o.URL+"/dir/a.txt?x=1")
}

func (o *origin) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.got
}

// goServer serves the content with net/http.
func goServer(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Type", "text/plain")
		http.ServeContent(w, r, "", modified, strings.NewReader(content))
	}
}

func TestURLForwardsRangesAndPreconditions(t *testing.T) {
	t.Parallel()
	date := modified.Format(http.TimeFormat)
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
		body   string
		sent   []string
	}{
		"whole":              {wrapper.Request{}, 200, digits, []string{"GET"}},
		"head":               {wrapper.Request{Head: true}, 200, "", []string{"HEAD"}},
		"range":              {wrapper.Request{Range: "bytes=2-4"}, 206, "234", []string{"GET Range: bytes=2-4;"}},
		"suffix":             {wrapper.Request{Range: "bytes=-2"}, 206, "89", []string{"GET Range: bytes=-2;"}},
		"If-Range":           {wrapper.Request{Range: "bytes=2-4", IfRange: `"e"`}, 206, "234", []string{`GET Range: bytes=2-4; If-Match: "e";`}},
		"If-Range stale":     {wrapper.Request{Range: "bytes=2-4", IfRange: `"x"`}, 200, digits, []string{`GET Range: bytes=2-4; If-Match: "x";`, "GET"}},
		"If-Range weak":      {wrapper.Request{Range: "bytes=2-4", IfRange: `W/"e"`}, 200, digits, []string{"GET"}},
		"If-Range date":      {wrapper.Request{Range: "bytes=2-4", IfRange: date}, 206, "234", []string{"GET Range: bytes=2-4; If-Unmodified-Since: " + date + ";"}},
		"not modified":       {wrapper.Request{IfNoneMatch: `"e"`}, 304, "", []string{`GET If-None-Match: "e";`}},
		"not modified, weak": {wrapper.Request{IfNoneMatch: `W/"e"`}, 304, "", []string{`GET If-None-Match: "e";`}},
		"not modified, list": {wrapper.Request{IfNoneMatch: `"a", "e"`}, 304, "", []string{"HEAD"}},
		"modified, list":     {wrapper.Request{IfNoneMatch: `"a", "b"`}, 200, digits, []string{"HEAD", `GET If-Match: "e";`}},
		"modified since":     {wrapper.Request{IfModifiedSince: date}, 304, "", []string{"GET If-Modified-Since: " + date + ";"}},
		"failed":             {wrapper.Request{IfMatch: `"x"`}, 412, "", []string{`GET If-Match: "x";`}},
		"unsatisfiable":      {wrapper.Request{Range: "bytes=10-"}, 416, "", []string{"GET Range: bytes=10-;"}},
		"several ranges":     {wrapper.Request{Range: "bytes=0-0,-1"}, 206, digits, []string{"HEAD", `GET If-Match: "e";`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t, goServer(digits))
			resp, err := o.file(t).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			assert.Equal(t, tc.status, resp.Status)
			if tc.body == "" {
				assert.Nil(t, resp.Body)
			} else {
				assert.Equal(t, tc.body, readAll(t, resp.Body))
			}
			assert.Equal(t, tc.sent, o.requests())
		})
	}
}

func TestURLReturnsMetadata(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(digits))
	f := o.file(t)
	assert.Equal(t, "a.txt", f.Name())
	for _, req := range []wrapper.Request{{}, {Range: "bytes=1-2"}, {Head: true}} {
		resp, err := f.Fetch(t.Context(), req)
		require.NoError(t, err)
		require.NoError(t, resp.Close())
		assert.Equal(t, int64(10), resp.Info.Size)
		assert.Equal(t, `"e"`, resp.Info.ETag)
		assert.Equal(t, "text/plain", resp.Info.ContentType)
		assert.True(t, resp.Info.ModTime.Equal(modified))
	}
}

func TestURLOfAFaultyServerFails(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
	}
	answer := func(code int, h map[string]string, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range h {
				w.Header().Set(k, v)
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, tc := range map[string]struct {
		h    http.HandlerFunc
		want error
	}{
		"404":                   {status(404), fs.ErrNotExist},
		"410":                   {status(410), fs.ErrNotExist},
		"504":                   {status(504), context.DeadlineExceeded},
		"500":                   {status(500), &wrapper.UpstreamError{Status: 500}},
		"204":                   {answer(204, nil, ""), &wrapper.UpstreamError{Status: 204}},
		"401":                   {status(401), &wrapper.UpstreamError{Status: 401}},
		"another range":         {answer(206, map[string]string{"Content-Range": "bytes 5-7/10"}, "567"), wrapper.ErrLength},
		"206 without its range": {answer(206, nil, "234"), wrapper.ErrLength},
		"a longer 206":          {answer(206, map[string]string{"Content-Range": "bytes 2-4/10"}, "2345"), wrapper.ErrLength},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newOrigin(t, tc.h).file(t)
			_, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=2-4"})
			require.Error(t, err)
			_, isPath := errors.AsType[*fs.PathError](err)
			assert.True(t, isPath)
			want := &wrapper.UpstreamError{}
			if errors.As(tc.want, &want) {
				got, found := errors.AsType[*wrapper.UpstreamError](err)
				require.True(t, found, "%v", err)
				assert.Equal(t, want.Status, got.Status)
				return
			}
			assert.ErrorIs(t, err, tc.want)
		})
	}
}

func TestURLOfAServerThatIgnoresRanges(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, digits) })
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{Range: "bytes=2-4"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.Status)
	assert.True(t, resp.Info.Sequential)
	assert.Equal(t, digits, readAll(t, resp.Body))
	r, err := o.file(t).Open(t.Context(), 2, 3)
	require.NoError(t, err)
	assert.Equal(t, "234", readAll(t, r))
}

func TestURLOfUnknownLength(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "01234")
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "56789")
	})
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, int64(wrapper.UnknownSize), resp.Info.Size)
	assert.Equal(t, digits, readAll(t, resp.Body))
}

func TestTruncatedBodyOfAURLFails(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "0123")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, resp.Body.Close())
}

func TestURLNeverDecodes(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "not really gzip")
	})
	resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "gzip", resp.Info.ContentEncoding)
	assert.Equal(t, "not really gzip", readAll(t, resp.Body))
}

func TestErrorsOfAURLOmitItsQuery(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(digits))
	o.Close()
	_, err := wrapper.URL(o.Client(), o.URL+"/a?signature=secret").Fetch(t.Context(), wrapper.Request{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "secret")
}

func TestInvalidURLFails(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "ftp://h/x", "file:///etc/passwd", "http:///x", "http://u:p@h/x", "://", "http://h/\x00"} {
		_, err := wrapper.URL(http.DefaultClient, raw).Stat(t.Context())
		assert.ErrorIs(t, err, fs.ErrInvalid, "%q", raw)
	}
}

// A storage was measured to send a 304 without a validator, and to compare fractions of a second, which its own
// Last-Modified omits. Neither reaches a client.
func TestURLOfAServerThatComparesFractions(t *testing.T) {
	t.Parallel()
	fraction := modified.Add(500 * time.Millisecond)
	var methods []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if ims, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !fraction.After(ims) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if ius, err := http.ParseTime(r.Header.Get("If-Unmodified-Since")); err == nil && fraction.After(ius) {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a", modified, strings.NewReader("0123456789"))
	}))
	t.Cleanup(srv.Close)
	f := wrapper.URL(srv.Client(), srv.URL+"/a")
	date := modified.UTC().Format(http.TimeFormat)
	later := modified.Add(time.Hour).UTC().Format(http.TimeFormat)
	for name, c := range map[string]struct {
		req    wrapper.Request
		status int
	}{
		"304":               {wrapper.Request{IfModifiedSince: later}, 304},
		"304 of the second": {wrapper.Request{IfModifiedSince: date}, 304},
		"200 of the second": {wrapper.Request{IfUnmodifiedSince: date}, 200},
		"206 by If-Range":   {wrapper.Request{Range: "bytes=2-4", IfRange: date}, 206},
		"412, correctly":    {wrapper.Request{IfUnmodifiedSince: "Thu, 06 Nov 1980 08:49:37 GMT"}, 412},
		"200 by If-Range":   {wrapper.Request{Range: "bytes=2-4", IfRange: later}, 200},
		"304, both match":   {wrapper.Request{IfUnmodifiedSince: date, IfModifiedSince: date}, 304},
	} {
		t.Run(name, func(t *testing.T) {
			methods = nil
			resp, err := f.Fetch(t.Context(), c.req)
			require.NoError(t, err)
			t.Cleanup(func() { _ = resp.Close() })
			assert.Equal(t, c.status, resp.Status)
			assert.Equal(t, `"v1"`, resp.Info.ETag)
			assert.LessOrEqual(t, len(methods), 3)
		})
	}
}
