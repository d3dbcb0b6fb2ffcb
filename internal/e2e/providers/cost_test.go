package providers_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/azure"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"
)

var content = strings.Repeat("0123456789", 10_000)

// provider is a real storage, or the closest emulator.
type provider struct {
	bucket  *blob.Bucket
	counter *wirecount.Counter
	dials   func() int
	trips   map[string]int // requests, if they differ from the table
}

func providers(t *testing.T) map[string]*provider {
	all := map[string]*provider{}
	add := func(name string, trips map[string]int, open func(c *wirecount.Counter) (*blob.Bucket, func() int)) {
		c := wirecount.New(t)
		p := &provider{counter: c, trips: trips}
		p.bucket, p.dials = open(c)
		require.NoError(t, p.bucket.WriteAll(t.Context(), "dir/a b.txt", []byte(content), &blob.WriterOptions{ContentType: "text/x-log"}))
		require.NoError(t, p.bucket.WriteAll(t.Context(), "empty", nil, nil))
		c.Take()
		all[name] = p
	}
	changed := map[string]int{"changed, If-None-Match": 2} // the service does not evaluate it on a read
	add("gcs", nil, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		gcs := gcsserver.Start(t, c)
		return openURL(t, gcs.URL()), gcs.Accepted
	})
	add("gcs, prefixed", nil, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		gcs := gcsserver.Start(t, c)
		return openURL(t, gcs.URL()+"?prefix=in/"), gcs.Accepted
	})
	add("gcs, SDK", changed, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		gcs := gcsserver.Start(t, c)
		return gcs.Bucket(t), gcs.Accepted
	})
	add("gcs, SDK, prefixed", changed, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		gcs := gcsserver.Start(t, c)
		return blob.PrefixedBucket(gcs.Bucket(t), "in/"), gcs.Accepted
	})
	azure := azureserver.Start(t)
	poorer := map[string]int{
		"suffix":      2, // the service has no suffix ranges
		"304 by date": 2, // Azurite sends no ETag with it
	}
	add("azure", poorer, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		azure.Bucket(t, "three", c)
		front := azure.Front(t, c)
		return openURL(t, front.URL(t, "three")), front.Accepted
	})
	add("azure, prefixed", poorer, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		azure.Bucket(t, "four", c)
		front := azure.Front(t, c)
		return openURL(t, front.URL(t, "four")+"&prefix=in/"), front.Accepted
	})
	add("azure, SDK", poorer, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		b, _ := azure.Bucket(t, "one", c)
		return b, c.Dials
	})
	add("azure, SDK, prefixed", poorer, func(c *wirecount.Counter) (*blob.Bucket, func() int) {
		b, _ := azure.Bucket(t, "two", c)
		return blob.PrefixedBucket(b, "in/"), c.Dials
	})
	return all
}

// openURL opens a bucket with a URL, as an application does.
func openURL(t *testing.T, rawURL string) *blob.Bucket {
	t.Helper()
	b, err := wrapper.OpenBucket(t.Context(), rawURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b.Bucket
}

func TestCost(t *testing.T) {
	for name, p := range providers(t) {
		f := wrapper.Blob(p.bucket, "dir/a b.txt")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, info.ETag)
		p.counter.Take()
		for answer, tc := range map[string]struct {
			req    wrapper.Request
			status int
			body   string
			trips  int
		}{
			"whole":                  {wrapper.Request{}, 200, content, 1},
			"first bytes":            {wrapper.Request{Range: "bytes=0-4"}, 206, content[:5], 1},
			"middle":                 {wrapper.Request{Range: "bytes=5005-5010"}, 206, content[5005:5011], 1},
			"to the end":             {wrapper.Request{Range: "bytes=99990-"}, 206, content[99990:], 1},
			"suffix":                 {wrapper.Request{Range: "bytes=-7"}, 206, content[len(content)-7:], 1},
			"If-Range holds":         {wrapper.Request{Range: "bytes=1-2", IfRange: info.ETag}, 206, "12", 1},
			"If-Range is old":        {wrapper.Request{Range: "bytes=1-2", IfRange: `"old"`}, 200, content, 2},
			"HEAD":                   {wrapper.Request{Head: true}, 200, "", 1},
			"304":                    {wrapper.Request{IfNoneMatch: info.ETag}, 304, "", 1},
			"304 of a list":          {wrapper.Request{IfNoneMatch: `"old", ` + info.ETag}, 304, "", 1},
			"changed, If-None-Match": {wrapper.Request{IfNoneMatch: `"1"`}, 200, content, 1},
			"304 by date":            {wrapper.Request{IfModifiedSince: info.ModTime.Add(1e9).UTC().Format(http.TimeFormat)}, 304, "", 1},
			"412":                    {wrapper.Request{IfMatch: `"1"`}, 412, "", 1},
			"416":                    {wrapper.Request{Range: "bytes=100000-"}, 416, "", 1},
			"two ranges":             {wrapper.Request{Range: "bytes=0-4,50000-50004"}, 206, content[:5], 2},
		} {
			t.Run(name+"/"+answer, func(t *testing.T) {
				want := tc.trips
				if n, ok := p.trips[answer]; ok {
					want = n
				}
				resp, err := f.Fetch(t.Context(), tc.req)
				require.NoError(t, err)
				assert.Equal(t, tc.status, resp.Status)
				if tc.body == "" {
					assert.Nil(t, resp.Body)
				} else {
					got, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					require.NoError(t, resp.Body.Close())
					assert.True(t, bytes.Equal([]byte(tc.body), got), "%d bytes instead of %d", len(got), len(tc.body))
				}
				if tc.status < 400 && answer != "304 by date" { // fields that a response may omit
					assert.Equal(t, info.ETag, resp.Info.ETag)
				}
				if tc.status == 416 || tc.status == 200 || tc.status == 206 {
					assert.Equal(t, int64(len(content)), resp.Info.Size)
				}
				took := p.counter.Take()
				assert.Len(t, took, want, "%q", took)
				assert.Eventually(t, func() bool { return p.counter.Open() == 0 }, time.Second, time.Millisecond, "bodies left open")
			})
		}
		t.Run(name+"/404", func(t *testing.T) {
			_, err := wrapper.Blob(p.bucket, "missing").Fetch(t.Context(), wrapper.Request{})
			require.ErrorIs(t, err, fsErrNotExist)
			assert.Len(t, p.counter.Take(), 1)
		})
		t.Run(name+"/empty", func(t *testing.T) {
			resp, err := wrapper.Blob(p.bucket, "empty").Fetch(t.Context(), wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, 200, resp.Status)
			assert.Nil(t, resp.Body)
			p.counter.Take()
		})
		t.Run(name+"/connections", func(t *testing.T) {
			before := p.dials()
			for range 100 {
				resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=10-2009"})
				require.NoError(t, err)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
			}
			assert.LessOrEqual(t, p.dials()-before, 2, "connections are used again")
			p.counter.Take()
		})
	}
}
