package wrapper_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// corruptAfter changes one bit of every body after the first n responses.
func (s *faultyStore) corruptAfter(n int64) {
	s.body = func(i int64, w http.ResponseWriter) http.ResponseWriter {
		if i <= n {
			return w
		}
		return &corrupting{w, 500}
	}
}

func TestI1ChecksumOfTheAnswerCounts(t *testing.T) {
	t.Parallel()
	content := random(100 << 10)
	for name, known := range map[string]wrapper.Info{
		"size":          {Size: int64(len(content))},
		"size and tag":  {Size: int64(len(content)), ETag: `"v1"`},
		"no size":       {ETag: `"v1"`},
		"wrong size":    {Size: 7},
		"own checksum":  {Size: int64(len(content)), Digests: []wrapper.Digest{{Algorithm: "crc32c", Sum: []byte{1, 2, 3, 4}}}},
		"unlike digest": {Size: int64(len(content)), Digests: []wrapper.Digest{{Algorithm: "sha-512", Sum: []byte{1}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFaultyStore(t, content)
			got, err := fetchAll(t, s.file().WithInfo(known), wrapper.Request{})
			require.NoError(t, err)
			assert.True(t, bytes.Equal(content, got))
			s.corruptAfter(0)
			_, err = fetchAll(t, s.file().WithInfo(known), wrapper.Request{})
			require.ErrorIs(t, err, wrapper.ErrChecksum)
		})
	}
}

func TestI1ResponseMetadataIsSentToTheClient(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	resp, err := s.file().WithInfo(wrapper.Info{Size: 10, CacheControl: "no-cache"}).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, readAll(t, resp.Body))
	assert.Equal(t, `"v1"`, resp.Info.ETag)
	assert.Equal(t, "text/plain", resp.Info.ContentType)
	assert.Equal(t, "no-cache", resp.Info.CacheControl)
	assert.Len(t, resp.Info.Digests, 1)
	assert.Equal(t, int64(1), s.requests.Load())
}

func TestI2AChecksumIsVerifiedAfterACachedRange(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(100<<10))
	s.corruptAfter(1)
	f := s.file().WithInfoCache(wrapper.NewInfoCache(10, time.Minute))
	_, err := fetchAll(t, f, wrapper.Request{Range: "bytes=0-9"})
	require.NoError(t, err)
	_, err = fetchAll(t, f, wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrChecksum)
}

func TestI2ARangeKeepsTheChecksumOfTheCachedVersion(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(100<<10))
	f := s.file().WithInfoCache(wrapper.NewInfoCache(10, time.Minute))
	for _, field := range []string{"", "bytes=0-9"} {
		_, err := fetchAll(t, f, wrapper.Request{Range: field})
		require.NoError(t, err)
	}
	resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	assert.Len(t, resp.Info.Digests, 1)
	s.put(random(50<<10), `"v2"`)
	_, err = fetchAll(t, f, wrapper.Request{Range: "bytes=0-9"})
	require.NoError(t, err)
	resp, err = f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	assert.Equal(t, `"v2"`, resp.Info.ETag)
	assert.Empty(t, resp.Info.Digests, "of another version")
}

// interruptedOrigin sends half of the first response, and other content afterwards.
func interruptedOrigin(t *testing.T, first, later func(w http.ResponseWriter, r *http.Request)) *origin {
	var n atomic.Int64
	return newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			first(w, r)
			return
		}
		later(w, r)
	})
}

func half(tag string, content []byte) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		r.Header.Del("If-Match")
		http.ServeContent(&interrupting{ResponseWriter: w, left: len(content) / 2}, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// regardless serves content and ignores preconditions.
func regardless(tag string, content []byte) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, field := range []string{"If-Match", "If-Range", "If-Unmodified-Since"} {
			r.Header.Del(field)
		}
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

func TestI6OnlyAValidatorThatTheSourceSendsPinsAResume(t *testing.T) {
	t.Parallel()
	before, after := random(64<<10), random(64<<10)
	after[0], after[len(after)-1] = ^before[0], ^before[len(before)-1]
	size := int64(len(before))
	for name, tc := range map[string]struct {
		known      wrapper.Info
		tag, later string
	}{
		"version":                  {wrapper.Info{Size: size, Version: "7"}, "", ""},
		"version, weak tags":       {wrapper.Info{Size: size, Version: "7"}, `W/"a"`, `W/"a"`},
		"version, other tag":       {wrapper.Info{Size: size, Version: "7"}, `"a"`, `"b"`},
		"version, tag disappears":  {wrapper.Info{Size: size, Version: "7"}, `"a"`, ""},
		"tag of the application":   {wrapper.Info{Size: size, ETag: `"mine"`}, "", ""},
		"size, tag disappears":     {wrapper.Info{Size: size}, `"a"`, ""},
		"nothing, tag disappears":  {wrapper.Info{}, `"a"`, ""},
		"tag, and then it is weak": {wrapper.Info{Size: size, ETag: `"a"`}, `"a"`, `W/"a"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := interruptedOrigin(t, half(tc.tag, before), regardless(tc.later, after))
			_, err := fetchAll(t, o.file(t).WithInfo(tc.known), wrapper.Request{})
			require.Error(t, err, "%q", o.requests())
		})
	}
}

func TestI8AResumeIsPinnedToTheFirstResponse(t *testing.T) {
	t.Parallel()
	content := random(64 << 10)
	for name, known := range map[string]wrapper.Info{
		"size":             {Size: int64(len(content))},
		"size and version": {Size: int64(len(content)), Version: "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := interruptedOrigin(t, half(`"a"`, content), regardless(`"a"`, content))
			got, err := fetchAll(t, o.file(t).WithInfo(known), wrapper.Request{})
			require.NoError(t, err)
			assert.True(t, bytes.Equal(content, got))
			require.Len(t, o.requests(), 2)
			assert.Contains(t, o.requests()[1], `If-Match: "a";`)
		})
	}
}

func TestI7TheEndIsConfirmed(t *testing.T) {
	t.Parallel()
	chunked := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, digits[:2])
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, digits[2:])
	}
	unknownTotal := func(w http.ResponseWriter, r *http.Request) {
		var from, to int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil || to >= len(digits) {
			chunked(w, r)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/*", from, to))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, digits[from:to+1])
	}
	for server, h := range map[string]http.HandlerFunc{
		"chunked": chunked, "unknown total": unknownTotal, "length": regardless("", []byte(digits)),
	} {
		for _, size := range []int64{5, 9, 11, 15} {
			for _, field := range []string{"", "bytes=0-", "bytes=0-4", "bytes=1-2", "bytes=3-4", "bytes=3-", "bytes=-2", "bytes=0-0,3-4", "bytes=0-0,-1"} {
				t.Run(fmt.Sprintf("%s, %d, %s", server, size, field), func(t *testing.T) {
					t.Parallel()
					assertWholeTruth(t, newOrigin(t, h).file(t).WithInfo(wrapper.Info{Size: size}), field)
				})
			}
		}
	}
}

// assertWholeTruth fetches a range, which may fail. A complete response must have the bytes and the length of digits.
func assertWholeTruth(t *testing.T, f *wrapper.File, field string) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: field})
	if err != nil || resp.Status == http.StatusRequestedRangeNotSatisfiable {
		return
	}
	defer resp.Close()
	if resp.Status == http.StatusOK {
		got, err := io.ReadAll(resp.Body)
		if err == nil {
			assert.Equal(t, digits, string(got))
			assert.Contains(t, []int64{10, wrapper.UnknownSize}, resp.Info.Size)
		}
		return
	}
	want, got := strings.Builder{}, strings.Builder{}
	for i, r := range resp.Ranges {
		part, err := resp.Part(i)
		if err != nil {
			return
		}
		_, err = io.Copy(&got, part)
		_ = part.Close()
		if err != nil {
			return
		}
		want.WriteString(digits[r.Off : r.Off+r.N])
	}
	assert.Equal(t, want.String(), got.String())
	assert.Equal(t, int64(10), resp.Info.Size)
}

func TestI7PartsWithoutACommonValidatorAreNotCombined(t *testing.T) {
	t.Parallel()
	content := strings.Repeat(digits, 1000)
	o := newOrigin(t, regardless(`W/"a"`, []byte(content)))
	for _, f := range []*wrapper.File{o.file(t), o.file(t).WithInfo(wrapper.Info{Size: int64(len(content))})} {
		resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-0,-1"})
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, resp.Status)
		assert.Equal(t, content, readAll(t, resp.Body))
	}
}

func TestI1ASizeAloneDecidesNoPrecondition(t *testing.T) {
	t.Parallel()
	date := modified.Format(http.TimeFormat)
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
	}{
		"If-Match":             {wrapper.Request{IfMatch: `"e"`}, 200},
		"If-Match, a list":     {wrapper.Request{IfMatch: `"x", "e"`}, 200},
		"If-Match, HEAD":       {wrapper.Request{Head: true, IfMatch: `"e"`}, 200},
		"If-None-Match":        {wrapper.Request{IfNoneMatch: `"e"`}, 304},
		"If-None-Match, HEAD":  {wrapper.Request{Head: true, IfNoneMatch: `"e"`}, 304},
		"If-Modified-Since":    {wrapper.Request{IfModifiedSince: date}, 304},
		"If-Unmodified-Since":  {wrapper.Request{IfUnmodifiedSince: "Thu, 01 Jan 1990 00:00:00 GMT"}, 412},
		"If-Range of the file": {wrapper.Request{Range: "bytes=0-1", IfRange: `"e"`}, 206},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := newOrigin(t, goServer(digits)).file(t).WithInfo(wrapper.Info{Size: 10}).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			require.NoError(t, resp.Close())
			assert.Equal(t, tc.status, resp.Status)
		})
	}
}

func TestI1AnEmptyBodyIsComparedWithItsChecksum(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	for _, f := range []*wrapper.File{s.file(), s.file().WithInfo(wrapper.Info{ETag: `"v1"`})} {
		s.before = nil
		_, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err)
		s.before = func(_ int64, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("X-Crc32c", "12345678")
			return true
		}
		_, err = f.Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, wrapper.ErrChecksum)
	}
}

func TestI1TheChecksumCountsAfterALookup(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, random(100<<10))
	s.before = func(_ int64, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("ETag", `"v1"`)
		return r.Method == http.MethodHead // without a checksum
	}
	s.corruptAfter(0)
	_, err := fetchAll(t, s.file(), wrapper.Request{IfNoneMatch: `"x", "y"`})
	require.ErrorIs(t, err, wrapper.ErrChecksum)
}

func TestI6AnEntityTagThatNoResponseConfirmsIsNotSent(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, regardless("", []byte(digits)))
	for _, req := range []wrapper.Request{{}, {Range: "bytes=0-4"}, {Range: "bytes=0-4", IfRange: `"known"`}, {Range: "bytes=0-0,9-9"}} {
		resp, err := o.file(t).WithInfo(wrapper.Info{Size: 10, ETag: `"known"`}).Fetch(t.Context(), req)
		require.NoError(t, err)
		require.NoError(t, resp.Close())
		assert.Empty(t, resp.Info.ETag)
		if req.IfRange != "" {
			assert.Equal(t, http.StatusOK, resp.Status)
		}
	}
}

func TestI1ALookupAndItsResponseAreOfOneVersion(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	s.before = func(n int64, _ http.ResponseWriter, r *http.Request) bool {
		if n == 2 { // after the lookup
			s.put([]byte("9876543210"), `"v2"`)
			r.Header.Del("If-Match")
		}
		return false
	}
	resp, err := s.file().Fetch(t.Context(), wrapper.Request{IfMatch: `"x", "v1"`})
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	assert.Equal(t, http.StatusPreconditionFailed, resp.Status)
}

func TestI7AnUnsatisfiedRangeThatWasNotRequestedIsNotTheEnd(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			_ = http.NewResponseController(w).Flush()
			return
		}
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
	})
	for _, req := range []wrapper.Request{{}, {Range: "bytes=0-0,9-9"}, {IfNoneMatch: `"x", "y"`}} {
		_, err := o.file(t).Fetch(t.Context(), req)
		require.Error(t, err)
	}
	_, err := o.file(t).Open(t.Context(), 0, -1)
	require.Error(t, err)
}
