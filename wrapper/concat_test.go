package wrapper_test

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// shelf is a server of ten objects of ten digits that counts the requests for each.
type shelf struct {
	*origin

	mu   sync.Mutex
	tags map[string]string
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{tags: map[string]string{}}
	s.origin = newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		tag := s.tags[r.URL.Path]
		if tag == "none" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"e`+tag+`"`)
		http.ServeContent(w, r, "", modified, strings.NewReader(strings.Repeat(r.URL.Path[1:], 10)))
	})
	return s
}

func (s *shelf) replace(path, tag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tags[path] = tag
}

// parts returns ten files; known ones have metadata.
func (s *shelf) parts(t *testing.T, known bool) (parts []*wrapper.File) {
	c := s.Client()
	t.Cleanup(c.CloseIdleConnections)
	for i := range 10 {
		f := wrapper.URL(c, fmt.Sprintf("%s/%d", s.URL, i))
		if known {
			f = f.WithInfo(wrapper.Info{Size: 10, ETag: `"e"`, ModTime: modified})
		}
		parts = append(parts, f)
	}
	return parts
}

func TestRangeOfAConcatOpensOnlyThePartsUnderIt(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	f := wrapper.Concat("all", s.parts(t, true)...)
	for _, tc := range []struct {
		req  wrapper.Request
		want string
		sent int
	}{
		{wrapper.Request{Range: "bytes=25-34"}, "2222233333", 2},
		{wrapper.Request{Range: "bytes=20-29"}, "2222222222", 1},
		{wrapper.Request{Range: "bytes=-1"}, "9", 1},
		{wrapper.Request{Range: "bytes=8-31"}, "001111111111222222222233", 4},
		{wrapper.Request{Head: true}, "", 0},
		{wrapper.Request{Range: "bytes=100-"}, "", 0},
	} {
		before := len(s.requests())
		resp, err := f.Fetch(t.Context(), tc.req)
		require.NoError(t, err)
		if tc.want != "" {
			assert.Equal(t, tc.want, readAll(t, resp.Body))
		}
		assert.Len(t, s.requests()[before:], tc.sent)
	}
	for _, line := range s.requests() {
		assert.Contains(t, line, `If-Match: "e"`)
	}

	before := len(s.requests())
	got, err := fetchAll(t, wrapper.Concat("all", s.parts(t, false)...), wrapper.Request{Range: "bytes=25-34"})
	require.NoError(t, err)
	assert.Equal(t, "2222233333", string(got))
	assert.Len(t, s.requests()[before:], 12, "the metadata of ten parts, and two windows")
}

func TestConcatIsPinnedToTheVersionsOfItsMetadata(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} {
		s := newShelf(t)
		f := wrapper.Concat("all", s.parts(t, known)...)
		resp, err := f.Fetch(t.Context(), wrapper.Request{})
		require.NoError(t, err)
		first := resp.Info
		assert.EqualValues(t, 100, first.Size)
		assert.Regexp(t, `^"[0-9a-f]{32}"$`, first.ETag)
		assert.Equal(t, modified, first.ModTime.UTC())
		s.replace("/5", "v2")
		got, err := io.ReadAll(resp.Body)
		require.ErrorIs(t, err, wrapper.ErrChanged)
		assert.Equal(t, strings.Repeat("0", 10), string(got)[:10])
		assert.Len(t, got, 50)
		require.NoError(t, resp.Close())

		if known {
			continue // the application's metadata is stale
		}
		resp, err = f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-0", IfRange: first.ETag})
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, resp.Status, "If-Range does not match")
		assert.NotEqual(t, first.ETag, resp.Info.ETag)
		assert.Len(t, readAll(t, resp.Body), 100)
		r, err := f.Open(t.Context(), 55, 1)
		require.NoError(t, err)
		assert.Equal(t, "5", readAll(t, r))
		s.replace("/5", "v3")
		r, err = f.Open(t.Context(), 55, 1)
		require.NoError(t, err, "the first part under the window may be replaced")
		assert.Equal(t, "5", readAll(t, r))
	}
}

func TestConcatWithAMissingPartFailsBeforeTheStatus(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.replace("/9", "none")
	_, err := wrapper.Concat("all", s.parts(t, false)...).Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestConcatTag(t *testing.T) {
	t.Parallel()
	tag := func(parts ...*wrapper.File) string {
		info, err := wrapper.Concat("c", parts...).Stat(t.Context())
		require.NoError(t, err)
		return info.ETag
	}
	bytesOf := func(content string) *wrapper.File { return wrapper.Bytes("b", []byte(content)) }
	tagged := func(etag string) *wrapper.File { return bytesOf("x").WithInfo(wrapper.Info{Size: 1, ETag: etag}) }
	first := tag(bytesOf("ab"), tagged(`"1"`))
	assert.Equal(t, first, tag(bytesOf("ab"), tagged(`"1"`)))
	assert.NotEqual(t, first, tag(bytesOf("ac"), tagged(`"1"`)))
	assert.NotEqual(t, first, tag(bytesOf("ab"), tagged(`"2"`)))
	assert.NotEqual(t, tag(bytesOf("a"), bytesOf("b")), tag(bytesOf("b"), bytesOf("a")))
	weak := newCountingSource("")
	weak.replace("x", `W/"1"`)
	assert.Empty(t, tag(bytesOf("ab"), wrapper.New("weak", weak)))
	assert.Empty(t, tag(wrapper.Func("f", func(ctx, io.Writer) error { return nil })))
	assert.Empty(t, tag(bytesOf(strings.Repeat("x", 64<<10+1))))
	assert.NotEmpty(t, tag())
}

// A Stat of an application's source that panics must not end the program.
func TestConcatSurvivesAPanickingPart(t *testing.T) {
	t.Parallel()
	_, err := wrapper.Concat("c", wrapper.New("p", panickingSource{})).Stat(t.Context())
	require.ErrorContains(t, err, "panic: boom")
}

type panickingSource struct{}

func (panickingSource) Stat(ctx) (wrapper.Info, error) { panic("boom") }

func (panickingSource) Open(ctx, int64, int64) (io.ReadCloser, error) { panic("boom") }
