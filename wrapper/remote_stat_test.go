package wrapper_test

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestW5ARefusedHeadIsNotTheResponseToGet(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 405, 501} {
		refusing := func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(status)
				return
			}
			goServer(digits)(w, r)
		}
		for name, tc := range map[string]struct {
			req      wrapper.Request
			status   int
			body     string
			requests int
		}{
			"HEAD":           {wrapper.Request{Head: true}, 200, "", 2},
			"HEAD, 304":      {wrapper.Request{Head: true, IfNoneMatch: `"e"`}, 304, "", 2},
			"several ranges": {wrapper.Request{Range: "bytes=0-0,-1"}, 206, digits, 3},
			"list, 304":      {wrapper.Request{IfNoneMatch: `"x", "e"`}, 304, "", 2},
			"list, 200":      {wrapper.Request{IfNoneMatch: `"x", "y"`}, 200, digits, 3},
			"list, 412":      {wrapper.Request{IfMatch: `"x", "y"`}, 412, "", 2},
		} {
			t.Run(http.StatusText(status)+" "+name, func(t *testing.T) {
				t.Parallel()
				o := newOrigin(t, refusing)
				resp, err := o.file(t).Fetch(t.Context(), tc.req)
				require.NoError(t, err)
				assert.Equal(t, tc.status, resp.Status)
				assert.Equal(t, int64(10), resp.Info.Size)
				assert.Equal(t, `"e"`, resp.Info.ETag)
				assert.Equal(t, "text/plain", resp.Info.ContentType)
				if tc.body != "" {
					assert.Equal(t, tc.body, readAll(t, resp.Body))
				}
				require.Len(t, o.requests(), tc.requests)
				assert.Equal(t, "GET Range: bytes=0-0;", o.requests()[1], "no body is read")
			})
		}
	}
}

// A malformed 206 does not state the length of the content.
func TestW5AMalformedContentRangeIsNoLength(t *testing.T) {
	t.Parallel()
	for _, contentRange := range []string{"bytes 5-1/9", "bytes 1-1/9", "bytes 0-0/9x", "bytes 0-1/9", ""} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			w.Header().Set("Content-Range", contentRange)
			w.Header().Set("Content-Length", "1")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write([]byte(digits[:1]))
		})
		_, err := o.file(t).Stat(t.Context())
		require.ErrorIs(t, err, wrapper.ErrLength, contentRange)
	}
}

func TestW5ARefusedHeadOfAnObject(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 405, 501} {
		s := newFaultyStore(t, []byte(digits))
		s.before = func(_ int64, w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodHead {
				w.WriteHeader(status)
			}
			return r.Method == http.MethodHead
		}
		info, err := s.file().Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, int64(10), info.Size)
		assert.Equal(t, int64(2), s.requests.Load())
	}
	s := newFaultyStore(t, nil)
	s.before = func(_ int64, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusNotFound)
		return true
	}
	_, err := s.file().Stat(t.Context())
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Equal(t, int64(1), s.requests.Load(), "a storage answers 404 to every method")
}

func TestW5TheErrorIsTheOneOfGet(t *testing.T) {
	t.Parallel()
	for get, want := range map[int]error{403: fs.ErrPermission, 404: fs.ErrNotExist} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			w.WriteHeader(get)
		})
		_, err := o.file(t).Fetch(t.Context(), wrapper.Request{Head: true})
		require.ErrorIs(t, err, want)
		assert.Len(t, o.requests(), 2)
	}
}

func TestW5EmptyAndChunkedContentWithoutHead(t *testing.T) {
	t.Parallel()
	for content, size := range map[string]int64{"": 0, digits: wrapper.UnknownSize} {
		o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodHead:
				w.WriteHeader(http.StatusForbidden)
			case content == "" && r.Header.Get("Range") != "":
				w.Header().Set("Content-Range", "bytes */0")
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			case content == "":
				http.ServeContent(w, r, "a.txt", modified, strings.NewReader(""))
			default:
				_ = http.NewResponseController(w).Flush()
				_, _ = w.Write([]byte(content))
			}
		})
		resp, err := o.file(t).Fetch(t.Context(), wrapper.Request{Head: true})
		require.NoError(t, err)
		assert.Equal(t, size, resp.Info.Size)
		if size == 0 {
			assert.Equal(t, "text/plain; charset=utf-8", resp.Info.ContentType)
			assert.Len(t, o.requests(), 3, "a 416 has no media type")
		} else {
			assert.Len(t, o.requests(), 2)
		}
	}
}

// zeroHead serves the content, but sends the length 0 on HEAD: that of the body of HEAD.
func zeroHead(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			goServer(content)(w, r)
			return
		}
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Length", "0")
	}
}

// W5 for servers that accept HEAD, and state a wrong length.
func TestW5HeadWithTheLengthOfItsBody(t *testing.T) {
	t.Parallel()
	for _, content := range []string{digits, ""} {
		o := newOrigin(t, zeroHead(content))
		info, err := o.file(t).Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, int64(len(content)), info.Size)
		assert.Equal(t, `"e"`, info.ETag)
		assert.Equal(t, []string{"HEAD", "GET"}, o.requests())
	}
	o := newOrigin(t, zeroHead(digits))
	for _, req := range []wrapper.Request{{Range: "bytes=0-0,8-9"}, {IfMatch: `"x", "e"`}, {IfNoneMatch: `"x", "y"`}, {Head: true}} {
		resp, err := o.file(t).Fetch(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, int64(10), resp.Info.Size, "%+v", req)
		if !req.Head {
			assert.NotEmpty(t, readAll(t, resp.Body), "%+v", req)
		}
		require.NoError(t, resp.Close())
	}
	joined := wrapper.Concat("joined", o.file(t), wrapper.Bytes("b", []byte("b")))
	info, err := joined.Stat(t.Context())
	require.NoError(t, err)
	assert.Equal(t, int64(11), info.Size)
}

func TestH10AnyMatchCostsOneRequest(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
		body   string
		sent   []string
	}{
		"any":             {wrapper.Request{IfMatch: "*"}, 200, digits, []string{"GET"}},
		"blanks":          {wrapper.Request{IfMatch: " * "}, 200, digits, []string{"GET"}},
		"range":           {wrapper.Request{IfMatch: "*", Range: "bytes=2-4"}, 206, "234", []string{"GET Range: bytes=2-4;"}},
		"If-Range":        {wrapper.Request{IfMatch: "*", Range: "bytes=2-4", IfRange: `"e"`}, 206, "234", []string{`GET Range: bytes=2-4; If-Match: "e";`}},
		"If-Range, stale": {wrapper.Request{IfMatch: "*", Range: "bytes=2-4", IfRange: `"x"`}, 200, digits, []string{`GET Range: bytes=2-4; If-Match: "x";`, "GET"}},
		"date is ignored": {wrapper.Request{IfMatch: "*", IfUnmodifiedSince: "Thu, 01 Jan 1990 00:00:00 GMT"}, 200, digits, []string{"GET"}},
		"none":            {wrapper.Request{IfNoneMatch: "*"}, 304, "", []string{"HEAD"}},
		"not modified":    {wrapper.Request{IfMatch: "*", IfNoneMatch: `"e"`}, 304, "", []string{`GET If-None-Match: "e";`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t, goServer(digits))
			resp, err := o.file(t).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			assert.Equal(t, tc.status, resp.Status)
			if tc.body != "" {
				assert.Equal(t, tc.body, readAll(t, resp.Body))
			}
			assert.Equal(t, tc.sent, o.requests())
		})
	}
	o := newOrigin(t, http.NotFound)
	_, err := o.file(t).Fetch(t.Context(), wrapper.Request{IfMatch: "*"})
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Len(t, o.requests(), 1)
}
