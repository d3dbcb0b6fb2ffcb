package s3_test

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// routes change a client so that its bucket has the route.
var routes = map[string]func(*s3.Options){
	"direct": func(*s3.Options) {},
	"SDK": func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil }) // middleware of the client's own
		o.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	},
}

// startObjects starts a store of objects in the bucket "bkt" that verifies signatures.
func startObjects(t *testing.T) *objectserver.Server {
	t.Helper()
	s := (&objectserver.Server{
		Key: func(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/bkt/") },
		Verify: func(r *http.Request, now time.Time) *objectserver.Refusal {
			return refuse(verify(r, now))
		},
		Decorate: func(h http.Header, r *http.Request, _ *objectserver.Object, _ int, _ string) {
			h.Set("X-Amz-Request-Id", "TX1")
			for parameter, field := range map[string]string{
				"response-content-disposition": "Content-Disposition", "response-content-type": "Content-Type", "response-cache-control": "Cache-Control",
			} {
				if v := r.URL.Query().Get(parameter); v != "" {
					h.Set(field, v)
				}
			}
		},
		SuffixRanges: true,
		NotFound:     "NoSuchKey",
	}).Start()
	t.Cleanup(s.Close)
	return s
}

func put(s *objectserver.Server, key, content string) {
	s.Put(key, &objectserver.Object{
		Content: []byte(content), ETag: fmt.Sprintf(`"%x"`, md5.Sum([]byte(content))), Modified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Header: http.Header{"Content-Type": {"text/plain"}},
	})
}

func TestFile(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		for kind, content := range map[string]string{"small": "0123456789abcdef", "large": strings.Repeat("0123456789", 20<<10), "empty": ""} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				s := startObjects(t)
				put(s, "dir/a b+ż.txt", content)
				require.NoError(t, storagetest.TestFile(wrapper.Blob(openBucket(t, s.URL, change), "dir/a b+ż.txt"), []byte(content)))
				assert.Equal(t, name == "direct", objectserver.Direct(s.Take()))
			})
		}
		t.Run(name+" missing", func(t *testing.T) {
			t.Parallel()
			require.NoError(t, storagetest.TestFile(wrapper.Blob(openBucket(t, startObjects(t).URL, change), "none"), nil))
		})
	}
}

func TestRangesAndPreconditionsAreInOneRequest(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		s := startObjects(t)
		put(s, "k", "0123456789")
		f := wrapper.Blob(openBucket(t, s.URL, change), "k")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		s.Take()
		for _, tt := range []struct {
			request wrapper.Request
			status  int
		}{
			{wrapper.Request{}, 200},
			{wrapper.Request{Range: "bytes=2-4"}, 206},
			{wrapper.Request{Range: "bytes=-3"}, 206},
			{wrapper.Request{Range: "bytes=10-"}, 416},
			{wrapper.Request{IfNoneMatch: info.ETag}, 304},
			{wrapper.Request{IfMatch: `"other"`}, 412},
			{wrapper.Request{IfUnmodifiedSince: info.ModTime.Format(http.TimeFormat), Range: "bytes=0-0"}, 206},
		} {
			resp, err := f.Fetch(t.Context(), tt.request)
			require.NoError(t, err, "%s %+v", name, tt.request)
			require.NoError(t, resp.Close())
			assert.Equal(t, tt.status, resp.Status, "%s %+v", name, tt.request)
			assert.Equal(t, []int{tt.status}, objectserver.Statuses(s.Take()), "%s %+v", name, tt.request)
		}
	}
}

// A store whose clock is an hour ahead refuses the first request alone.
func TestSignedURLOverridesTheMetadata(t *testing.T) {
	t.Parallel()
	opts := wrapper.SignOptions{ContentDisposition: `attachment; filename="r p.txt"`, ContentType: "text/x-mine", CacheControl: "private"}
	for name, change := range routes {
		s := startObjects(t)
		s.Skew(time.Hour)
		put(s, "a b.txt", "content")
		f := wrapper.Blob(openBucket(t, s.URL, change), "a b.txt")
		_, err := f.Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []int{403, 200}, objectserver.Statuses(s.Take()), name)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			opts.Method = method
			signed, err := f.SignedURL(t.Context(), opts)
			require.NoError(t, err)
			req, err := http.NewRequestWithContext(t.Context(), method, signed, http.NoBody)
			require.NoError(t, err)
			resp, err := s.Client().Transport.RoundTrip(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, http.StatusOK, resp.StatusCode, "%s %s", name, method)
			assert.Equal(t, opts.ContentDisposition, resp.Header.Get("Content-Disposition"))
			assert.Equal(t, opts.ContentType, resp.Header.Get("Content-Type"))
			assert.Equal(t, opts.CacheControl, resp.Header.Get("Cache-Control"))
		}
	}
}
