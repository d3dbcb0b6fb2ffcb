package portable_test

import (
	"cmp"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A response costs at most two requests to S3. The first is a HEAD, which is the only one if the response has no body.
func TestCostOfS3(t *testing.T) {
	t.Parallel()
	stored := map[string][]byte{"page": make([]byte, 4096), "empty": {}}
	c := startCounted(t, stored, unchanged)
	a, err := c.bucket.Attributes(t.Context(), "page")
	require.NoError(t, err)
	modified := a.ModTime.UTC().Format(http.TimeFormat)

	for _, tt := range []struct {
		name, method, key string
		header            map[string]string
		status            int
		want              []string
	}{
		{"whole", "GET", "page", nil, 200, []string{"HEAD -> 200", "GET -> 200"}},
		{"empty", "GET", "empty", nil, 200, []string{"HEAD -> 200"}},
		{"first", "GET", "page", map[string]string{"Range": "bytes=0-0"}, 206, []string{"HEAD -> 200", "GET range:bytes=0-0 -> 206"}},
		{"middle", "GET", "page", map[string]string{"Range": "bytes=100-199"}, 206, []string{"HEAD -> 200", "GET range:bytes=100-199 -> 206"}},
		{"suffix", "GET", "page", map[string]string{"Range": "bytes=-500"}, 206, []string{"HEAD -> 200", "GET range:bytes=3596-4095 -> 206"}},
		{"to the end", "GET", "page", map[string]string{"Range": "bytes=4000-"}, 206, []string{"HEAD -> 200", "GET range:bytes=4000-4095 -> 206"}},
		{"If-Range matches", "GET", "page", map[string]string{"Range": "bytes=0-0", "If-Range": a.ETag}, 206, []string{"HEAD -> 200", "GET range:bytes=0-0 -> 206"}},
		{"If-Range does not match", "GET", "page", map[string]string{"Range": "bytes=0-0", "If-Range": `"x"`}, 200, []string{"HEAD -> 200", "GET -> 200"}},
		{"HEAD", "HEAD", "page", nil, 200, []string{"HEAD -> 200"}},
		{"HEAD with a range", "HEAD", "page", map[string]string{"Range": "bytes=0-0"}, 200, []string{"HEAD -> 200"}},
		{"304 by tag", "GET", "page", map[string]string{"If-None-Match": a.ETag}, 304, []string{"HEAD -> 200"}},
		{"304 by date", "GET", "page", map[string]string{"If-Modified-Since": modified}, 304, []string{"HEAD -> 200"}},
		{"412", "GET", "page", map[string]string{"If-Match": `"x"`}, 412, []string{"HEAD -> 200"}},
		{"416", "GET", "page", map[string]string{"Range": "bytes=4096-"}, 416, []string{"HEAD -> 200"}},
		{"404", "GET", "none", nil, 404, []string{"HEAD -> 404"}},
		{"404 by the key alone", "GET", "a%00b", nil, 404, nil},
		{"405", "POST", "page", nil, 405, nil},
		{"three ranges", "GET", "page", map[string]string{"Range": "bytes=0-9,2000-2009,-10"}, 206, []string{
			"HEAD -> 200", "GET range:bytes=0-9 -> 206", "GET range:bytes=2000-2009 -> 206", "GET range:bytes=4086-4095 -> 206",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.Take()
			assert.Equal(t, tt.status, c.status(t, tt.method, tt.key, tt.header))
			assert.Equal(t, tt.want, c.Take())
		})
	}
}

// WithInfo saves the HEAD, so a response without a body costs no request.
func TestCostOfS3WithInfo(t *testing.T) {
	t.Parallel()
	var known wrapper.Info
	c := startCounted(t, map[string][]byte{"page": make([]byte, 4096)}, func(_ *http.Request, d *blobdownload.Download) error {
		d.File = d.File.WithInfo(known)
		return nil
	})
	a, err := c.bucket.Attributes(t.Context(), "page")
	require.NoError(t, err)
	known = wrapper.Info{Size: a.Size, ModTime: a.ModTime, ETag: a.ETag}

	for _, tt := range []struct {
		name, method string
		header       map[string]string
		status       int
		want         []string
	}{
		{"whole", "GET", nil, 200, []string{"GET -> 200"}},
		{"suffix", "GET", map[string]string{"Range": "bytes=-500"}, 206, []string{"GET range:bytes=3596-4095 -> 206"}},
		{"If-Range does not match", "GET", map[string]string{"Range": "bytes=0-0", "If-Range": `"x"`}, 200, []string{"GET -> 200"}},
		{"HEAD", "HEAD", nil, 200, nil},
		{"304", "GET", map[string]string{"If-None-Match": a.ETag}, 304, nil},
		{"412", "GET", map[string]string{"If-Match": `"x"`}, 412, nil},
		{"416", "GET", map[string]string{"Range": "bytes=4096-"}, 416, nil},
		{"two ranges", "GET", map[string]string{"Range": "bytes=0-9,2000-2009"}, 206, []string{
			"GET range:bytes=0-9 -> 206", "GET range:bytes=2000-2009 -> 206",
		}},
		{"404", "GET", map[string]string{"X-Key": "none"}, 404, []string{"GET -> 404"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.Take()
			assert.Equal(t, tt.status, c.status(t, tt.method, cmp.Or(tt.header["X-Key"], "page"), tt.header))
			assert.Equal(t, tt.want, c.Take())
		})
	}
}

// Sequential requests use one connection to S3 for every kind of response: each body is read to its end.
func TestConnectionToS3IsReused(t *testing.T) {
	t.Parallel()
	c := startCounted(t, map[string][]byte{"k": make([]byte, 1<<20), "empty": {}}, unchanged)
	a, err := c.bucket.Attributes(t.Context(), "k")
	require.NoError(t, err)
	for range 5 {
		for key, header := range map[string]map[string]string{
			"k": nil, "k?1": {"Range": "bytes=5-9"}, "k?2": {"Range": "bytes=-5"}, "k?3": {"If-None-Match": a.ETag},
			"k?4": {"If-Match": `"x"`}, "k?5": {"Range": "bytes=0-9,100000-100009"}, "k?6": {"Range": "bytes=9999999-"},
			"empty": nil, "none": nil,
		} {
			c.status(t, http.MethodGet, key, header)
			c.status(t, http.MethodHead, key, header)
		}
	}
	assert.Equal(t, 1, c.Dials())
}
