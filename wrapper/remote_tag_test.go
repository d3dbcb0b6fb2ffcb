package wrapper_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// W5 for tags: a handler sets an ETag without quotes, with which net/http compares a tag in quotes. No precondition holds.
func TestW5TagsWithoutQuotesOfNetHTTP(t *testing.T) {
	t.Parallel()
	unquoted := func(tag, content string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			http.ServeContent(w, r, "a.txt", modified, strings.NewReader(content))
		}
	}
	for name, tc := range map[string]struct {
		req    wrapper.Request
		status int
		body   string
	}{
		"whole":                {wrapper.Request{}, 200, digits},
		"several ranges":       {wrapper.Request{Range: "bytes=0-0,8-9"}, 206, digits},
		"If-Match":             {wrapper.Request{IfMatch: `"e"`}, 200, digits},
		"list in If-Match":     {wrapper.Request{IfMatch: `"x", "e"`}, 200, digits},
		"another in If-Match":  {wrapper.Request{IfMatch: `"x"`}, 412, ""},
		"If-Range":             {wrapper.Request{Range: "bytes=5-", IfRange: `"e"`}, 206, "56789"},
		"another in If-Range":  {wrapper.Request{Range: "bytes=5-", IfRange: `"x"`}, 200, digits},
		"If-Match of a range":  {wrapper.Request{Range: "bytes=5-", IfMatch: `"e"`}, 206, "56789"},
		"If-None-Match":        {wrapper.Request{IfNoneMatch: `"e"`}, 304, ""},
		"list of other tags":   {wrapper.Request{IfNoneMatch: `"x", "y"`}, 200, digits},
		"both, of a range":     {wrapper.Request{Range: "bytes=5-", IfMatch: `"e"`, IfRange: `"e"`}, 206, "56789"},
		"past the end":         {wrapper.Request{Range: "bytes=10-", IfRange: `"e"`}, 416, ""},
		"tag, date of another": {wrapper.Request{IfMatch: `"e"`, IfUnmodifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"}, 200, digits},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := newOrigin(t, unquoted("e", digits)).file(t).Fetch(t.Context(), tc.req)
			require.NoError(t, err)
			assert.Equal(t, tc.status, resp.Status)
			if tc.body != "" {
				content := readAll(t, resp.Body)
				assert.Equal(t, tc.body, content)
			}
			require.NoError(t, resp.Close())
		})
	}
	t.Run("replaced", func(t *testing.T) {
		t.Parallel()
		var version atomic.Int64
		f := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
			if version.Load() == 0 {
				unquoted("e", digits)(w, r)
			} else {
				unquoted("f", "abcdefghij")(w, r)
			}
		}).file(t)
		reader := f.Reader(t.Context())
		defer reader.Close()
		_, err := io.ReadFull(reader, make([]byte, 2))
		require.NoError(t, err)
		part := make([]byte, 2)
		_, err = reader.ReadAt(part, 5)
		require.NoError(t, err)
		assert.Equal(t, "56", string(part))
		version.Store(1)
		_, err = reader.ReadAt(part, 5)
		require.ErrorIs(t, err, wrapper.ErrChanged)
	})
}
