package wrapper_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Stale metadata from WithInfo costs requests. The response is the current version's, with its entity-tag.
func TestStaleMetadataBelowComposedContent(t *testing.T) {
	t.Parallel()
	v := &versions{}
	remote := newOrigin(t, v.serve).file(t)
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	put := func(content, etag string) {
		v.put(content, etag, modified)
		require.NoError(t, b.WriteAll(t.Context(), "k", []byte(content), nil))
	}
	dated := func(info wrapper.Info) wrapper.Info { return info }
	undated := func(info wrapper.Info) wrapper.Info { info.ModTime = time.Time{}; return info }
	for name, tt := range map[string]struct {
		file *wrapper.File
		keep func(wrapper.Info) wrapper.Info
	}{
		"url": {remote, dated}, "mem": {wrapper.Blob(b, "k"), dated}, "mem, tag alone": {wrapper.Blob(b, "k"), undated},
	} {
		put(firstVersion, `"1"`)
		info, err := tt.file.Stat(t.Context())
		require.NoError(t, err)
		for layers := range composed(tt.file) {
			for _, req := range []wrapper.Request{
				{}, {Range: "bytes=5-6"}, {Range: "bytes=5-6", IfRange: "stale"}, {Range: "bytes=1-2,150000-150001"},
				{IfMatch: "*"}, {IfNoneMatch: `"x"`},
			} {
				t.Run(fmt.Sprint(name, ", ", layers, req), func(t *testing.T) {
					f := composed(tt.file.WithInfo(tt.keep(info)))[layers]
					stale, err := f.Stat(t.Context())
					require.NoError(t, err)
					put(secondVersion, `"2"`)
					if req.IfRange != "" {
						req.IfRange = stale.ETag
					}
					resp, got, err := download(t.Context(), f, req)
					require.NoError(t, err)
					assert.NotEqual(t, stale.ETag, resp.Info.ETag)
					assert.NotContains(t, got, "A")
					assert.Equal(t, req.IfRange != "" || req.Range == "", resp.Status == http.StatusOK, "status %d", resp.Status)
				})
			}
		}
	}
}

// Metadata with a length alone is stale, too: a range that ends after the content is that of the current length.
func TestStaleLengthIsReplaced(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"", `"1"`} {
		v := &versions{content: digits, etag: tag}
		for rng, want := range map[string]string{
			"bytes=20-25": "416 ", "bytes=-3": "206 789", "bytes=5-25": "206 56789", "bytes=20-25,2-3": "206 23",
		} {
			f := newOrigin(t, v.serve).file(t).WithInfo(wrapper.Info{Size: 100})
			for layers, f := range map[string]*wrapper.File{
				"file": f, "section": wrapper.Section("s", f, 0, -1), "first of": new(wrapper.FirstOf).File(f),
			} {
				resp, got, err := download(t.Context(), f, wrapper.Request{Range: rng})
				require.NoError(t, err, "%s, %s", layers, rng)
				assert.Equal(t, want, fmt.Sprint(resp.Status, " ", got), "%s, %s", layers, rng)
			}
		}
	}
}

// A length from WithInfo is not that of another version, whose response has none.
func TestStaleLengthIsNotThatOfAnotherVersion(t *testing.T) {
	t.Parallel()
	v := &versions{content: digits, etag: `"2"`}
	f := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		v.serve(&unsizedWriter{w}, r)
	}).file(t).WithInfo(wrapper.Info{Size: 5, ETag: `"1"`})
	for layers, f := range map[string]*wrapper.File{"file": f, "concat": wrapper.Concat("c", f), "first of": new(wrapper.FirstOf).File(f)} {
		resp, got, err := download(t.Context(), f, wrapper.Request{Range: "bytes=1-2,4-4"})
		require.NoError(t, err, layers)
		assert.Equal(t, http.StatusOK, resp.Status, layers)
		assert.Equal(t, digits, got, layers)
	}
}

// unsizedWriter sends no Content-Length.
type unsizedWriter struct{ http.ResponseWriter }

func (u *unsizedWriter) WriteHeader(status int) {
	u.Header().Del("Content-Length")
	u.ResponseWriter.WriteHeader(status)
	_ = http.NewResponseController(u.ResponseWriter).Flush()
}
