package wrapper_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// The date of composed content is the latest of its files', or that of one of several storages: other content can have it, too.
// With such a date in If-Range, a client gets the whole.
func TestTheDateOfComposedContentIsNoValidatorOfARange(t *testing.T) {
	t.Parallel()
	earlier, latest := modified.Add(-time.Hour), modified
	early, late := &versions{}, &versions{content: digits, modTime: latest}
	files := func() (a, b *wrapper.File) {
		return newOrigin(t, early.serve).file(t), newOrigin(t, late.serve).file(t)
	}
	concat := wrapper.Concat("c", wrapper.Bytes("b", nil).WithInfo(wrapper.Info{ModTime: earlier}))
	for layers, f := range map[string]*wrapper.File{
		"concat": func() *wrapper.File { a, b := files(); return wrapper.Concat("c", a, b) }(),
		"section of a concat": func() *wrapper.File {
			a, b := files()
			return wrapper.Section("s", wrapper.Concat("c", a, b), 1, 15)
		}(),
		"concat of a concat": func() *wrapper.File { a, b := files(); return wrapper.Concat("c", wrapper.Concat("c", a, b), concat) }(),
		"first of": func() *wrapper.File {
			_, b := files()
			return new(wrapper.FirstOf).File(b.WithInfo(wrapper.Info{ETag: `"1"`}))
		}(),
	} {
		early.put("abcdefghij", "", earlier.Add(-time.Hour))
		resp, _, err := download(t.Context(), f, wrapper.Request{})
		require.NoError(t, err, layers)
		require.Equal(t, latest, resp.Info.ModTime.UTC(), layers)
		early.put("ABCDEFGHIJ", "", earlier)
		for _, rng := range []string{"bytes=5-", "bytes=1-1,9-9"} {
			req := wrapper.Request{Range: rng, IfRange: latest.UTC().Format(http.TimeFormat)}
			resp, _, err := download(t.Context(), f, req)
			require.NoError(t, err, layers)
			assert.Equal(t, http.StatusOK, resp.Status, "%s, %s", layers, rng)
			assert.Equal(t, http.StatusOK, resp.Info.Status(req), "%s, %s", layers, rng)
		}
	}
}
