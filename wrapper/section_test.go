package wrapper_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestSectionCost(t *testing.T) {
	t.Parallel()
	const tag = `"e-2-5"`
	for name, tc := range map[string]struct {
		n      int64
		req    wrapper.Request
		status int
		body   string
		sent   []string
	}{
		"whole":                {5, wrapper.Request{}, 200, "23456", []string{"GET Range: bytes=2-6;"}},
		"range":                {5, wrapper.Request{Range: "bytes=1-2"}, 206, "34", []string{"GET Range: bytes=3-4;"}},
		"range past the end":   {5, wrapper.Request{Range: "bytes=3-99"}, 206, "56", []string{"GET Range: bytes=5-6;"}},
		"suffix":               {5, wrapper.Request{Range: "bytes=-2"}, 206, "56", []string{"GET Range: bytes=5-6;"}},
		"invalid range":        {5, wrapper.Request{Range: "bytes=9-3"}, 200, "23456", []string{"GET Range: bytes=2-6;"}},
		"to the end":           {-1, wrapper.Request{}, 200, "23456789", []string{"GET Range: bytes=2-;"}},
		"to the end, range":    {-1, wrapper.Request{Range: "bytes=1-2"}, 206, "34", []string{"GET Range: bytes=3-4;"}},
		"to the end, open":     {-1, wrapper.Request{Range: "bytes=1-"}, 206, "3456789", []string{"GET Range: bytes=3-;"}},
		"to the end, suffix":   {-1, wrapper.Request{Range: "bytes=-1"}, 206, "9", []string{"HEAD", "GET Range: bytes=9-9;"}},
		"head":                 {5, wrapper.Request{Head: true}, 200, "", []string{"HEAD"}},
		"not modified":         {5, wrapper.Request{IfNoneMatch: tag}, 304, "", []string{"HEAD"}},
		"not the file's tag":   {5, wrapper.Request{IfNoneMatch: `"e"`}, 200, "23456", []string{"HEAD", "GET Range: bytes=2-6;"}},
		"If-Range":             {5, wrapper.Request{Range: "bytes=1-2", IfRange: tag}, 206, "34", []string{"HEAD", "GET Range: bytes=3-4;"}},
		"If-Range, other":      {5, wrapper.Request{Range: "bytes=1-2", IfRange: `"e-3-5"`}, 200, "23456", []string{"HEAD", "GET Range: bytes=2-6;"}},
		"unsatisfiable":        {5, wrapper.Request{Range: "bytes=5-"}, 416, "", []string{"HEAD"}},
		"failed":               {5, wrapper.Request{IfMatch: `"e"`}, 412, "", []string{"HEAD"}},
		"no bytes":             {0, wrapper.Request{}, 200, "", []string{"HEAD"}},
		"range past the file":  {-1, wrapper.Request{Range: "bytes=8-"}, 416, "", []string{"GET Range: bytes=10-;", "HEAD"}},
		"range of the largest": {-1, wrapper.Request{Range: "bytes=1-9223372036854775807"}, 206, "3456789", []string{"GET Range: bytes=3-;"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t, goServer(digits))
			resp, err := wrapper.Section("s.txt", o.file(t), 2, tc.n).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			assert.Equal(t, tc.status, resp.Status)
			if tc.body == "" {
				assert.Nil(t, resp.Body)
			} else {
				assert.Equal(t, tc.body, readAll(t, resp.Body))
			}
			assert.Equal(t, tc.sent, o.requests())
			if tc.n == 5 && tc.status < 300 {
				assert.EqualValues(t, 5, resp.Info.Size)
				assert.Equal(t, tag, resp.Info.ETag)
				assert.Empty(t, resp.Info.ContentType, "it is that of the name")
			}
		})
	}
}

func TestSectionOutsideTheFileFails(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(digits))
	for _, w := range [][2]int64{{0, 11}, {5, 6}, {10, 1}, {11, -1}, {1 << 60, 1}} {
		s := wrapper.Section("s.txt", o.file(t), w[0], w[1])
		_, err := s.Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, wrapper.ErrLength, "%v", w)
		_, err = s.Stat(t.Context())
		require.ErrorIs(t, err, wrapper.ErrLength, "%v", w)
	}
	for _, w := range [][2]int64{{-1, 1}, {1 << 62, 1}, {0, 1 << 62}} {
		_, err := wrapper.Section("s.txt", o.file(t), w[0], w[1]).Stat(t.Context())
		require.ErrorIs(t, err, fs.ErrInvalid, "%v", w)
	}
}

func TestSectionOfCodedContentIsRefused(t *testing.T) {
	t.Parallel()
	b := buckets(t)["mem"]
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte(digits), &blob.WriterOptions{ContentEncoding: "gzip"}))
	for _, f := range []*wrapper.File{
		wrapper.Section("s", wrapper.Blob(b, "k"), 1, 2),
		wrapper.Concat("c", wrapper.Bytes("x", nil), wrapper.Blob(b, "k")),
	} {
		_, err := f.Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, `Content-Encoding "gzip"`)
	}
}

// The metadata is that of the first version, and the window must not be read from the second.
func TestSectionIsOfOneVersion(t *testing.T) {
	t.Parallel()
	src := newCountingSource(digits)
	f := wrapper.Section("s", wrapper.New("f", src), 2, 3)
	r := f.Reader(t.Context())
	_, err := r.Stat()
	require.NoError(t, err)
	src.replace("abcdefghij", `"v2"`)
	_, err = r.ReadAt(make([]byte, 3), 0)
	require.ErrorIs(t, err, wrapper.ErrChanged)
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-0,2-2"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusPartialContent, resp.Status)
	assert.Equal(t, `"v2-2-3"`, resp.Info.ETag)
	require.NoError(t, resp.Close())
}
