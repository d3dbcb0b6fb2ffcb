package providers_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// onMinIO are the requests to MinIO if they are fewer: its 304 has validators.
var onMinIO = map[string][]string{"304 by date": {"GET -> 304"}}

// The cost of a response from S3 is its requests on the wire; both routes have the same. The HEAD after a
// precondition on a date is needed for versitygw: its 304 has no validators, and it compares fractions of seconds.
func TestS3Cost(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, wire *wirecount.Counter) {
		page := random(4096)
		tag, _ := put(t, server, "page", page)
		empty, _ := put(t, server, "empty", nil)
		written := inWholeSeconds(t, server, bucket, "page")
		modified := written.UTC().Format(http.TimeFormat)
		earlier := written.Add(-time.Hour).UTC().Format(http.TimeFormat)

		for _, tt := range []struct {
			name, key string
			request   wrapper.Request
			status    int
			off, n    int
			wire      []string
		}{
			{"whole", "page", wrapper.Request{}, 200, 0, 4096, []string{"GET -> 200"}},
			{"empty", "empty", wrapper.Request{}, 200, 0, 0, []string{"GET -> 200"}},
			{"first byte", "page", wrapper.Request{Range: "bytes=0-0"}, 206, 0, 1, []string{"GET range:bytes=0-0 -> 206"}},
			{"middle", "page", wrapper.Request{Range: "bytes=100-199"}, 206, 100, 100, []string{"GET range:bytes=100-199 -> 206"}},
			{"to the end", "page", wrapper.Request{Range: "bytes=4000-"}, 206, 4000, 96, []string{"GET range:bytes=4000- -> 206"}},
			{"beyond the end", "page", wrapper.Request{Range: "bytes=4000-9999"}, 206, 4000, 96, []string{"GET range:bytes=4000-9999 -> 206"}},
			{"suffix", "page", wrapper.Request{Range: "bytes=-500"}, 206, 3596, 500, []string{"GET range:bytes=-500 -> 206"}},
			{"If-Range holds", "page", wrapper.Request{Range: "bytes=5-9", IfRange: tag}, 206, 5, 5, []string{"GET range:bytes=5-9 if-match:" + tag + " -> 206"}},
			{"If-Range is stale", "page", wrapper.Request{Range: "bytes=5-9", IfRange: `"x"`}, 200, 0, 4096, []string{`GET range:bytes=5-9 if-match:"x" -> 412`, "GET -> 200"}},
			{"If-Match holds", "page", wrapper.Request{IfMatch: tag}, 200, 0, 4096, []string{"GET if-match:" + tag + " -> 200"}},
			{"If-None-Match holds", "page", wrapper.Request{IfNoneMatch: empty}, 200, 0, 4096, []string{"GET if-none-match:" + empty + " -> 200"}},
			{"modified since", "page", wrapper.Request{IfModifiedSince: earlier}, 200, 0, 4096, []string{"GET -> 200"}},
			{"no date", "page", wrapper.Request{IfModifiedSince: "yesterday"}, 200, 0, 4096, []string{"GET -> 200"}},
			{"HEAD", "page", wrapper.Request{Head: true}, 200, 0, 0, []string{"HEAD -> 200"}},
			{"HEAD and a range", "page", wrapper.Request{Head: true, Range: "bytes=0-0"}, 200, 0, 0, []string{"HEAD -> 200"}},
			{"304 by tag", "page", wrapper.Request{IfNoneMatch: tag}, 304, 0, 0, []string{"GET if-none-match:" + tag + " -> 304"}},
			{"304 by date", "page", wrapper.Request{IfModifiedSince: modified}, 304, 0, 0, []string{"GET -> 304", "HEAD -> 200"}},
			{"412 by tag", "page", wrapper.Request{IfMatch: `"x"`}, 412, 0, 0, []string{`GET if-match:"x" -> 412`}},
			{"412 by date", "page", wrapper.Request{IfUnmodifiedSince: earlier}, 412, 0, 0, []string{"GET -> 412", "HEAD -> 200"}},
			{"416", "page", wrapper.Request{Range: "bytes=4096-"}, 416, 0, 0, []string{"GET range:bytes=4096- -> 416"}},
			{"HEAD and 304", "page", wrapper.Request{Head: true, IfNoneMatch: tag}, 304, 0, 0, []string{"HEAD -> 200"}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				if less, ok := onMinIO[tt.name]; ok && s3server.MinIO() {
					tt.wire = less
				}
				wire.Take()
				resp, body := fetch(t, wrapper.Blob(bucket, tt.key), tt.request)
				assert.Equal(t, tt.wire, wire.Take())
				assert.Equal(t, tt.status, resp.Status)
				assert.Equal(t, page[tt.off:tt.off+tt.n], append([]byte{}, body...))
				if tt.status == 416 {
					assert.EqualValues(t, 4096, resp.Info.Size)
				}
				if tt.key == "page" && tt.status == 304 && tt.request.IfNoneMatch != "" {
					assert.Equal(t, tag, resp.Info.ETag)
				}
				if tt.key == "page" && tt.status < 300 {
					assert.Equal(t, tag, resp.Info.ETag)
					assert.Equal(t, modified, resp.Info.ModTime.UTC().Format(http.TimeFormat))
					assert.EqualValues(t, 4096, resp.Info.Size)
					assert.Equal(t, "text/plain", resp.Info.ContentType)
					assert.Equal(t, "max-age=60", resp.Info.CacheControl)
					assert.Equal(t, "inline", resp.Info.ContentDisposition)
					assert.Equal(t, "eo", resp.Info.ContentLanguage)
				}
			})
		}
		assert.Zero(t, wire.Open(), "bodies that were not closed")
	})
}

// inWholeSeconds sets the modification time of an object to whole seconds and returns it. versitygw compares
// fractions that its dates do not have.
func inWholeSeconds(t *testing.T, server *s3server.Server, bucket *blob.Bucket, key string) time.Time {
	t.Helper()
	if s3server.MinIO() {
		info, err := wrapper.Blob(bucket, key).Stat(t.Context())
		require.NoError(t, err)
		return info.ModTime
	}
	whole := time.Now().Add(-time.Hour).Truncate(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(server.Root, s3server.BucketName, key), whole, whole))
	return whole
}
