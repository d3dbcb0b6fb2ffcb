package gcs_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"google.golang.org/api/option"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestFile(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	for name, open := range routes {
		for kind, content := range map[string]string{"small": "0123456789abcdef", "large": strings.Repeat("0123456789", 20<<10), "empty": ""} {
			t.Run(name+" "+kind, func(t *testing.T) {
				s.put("dir/a b+ż.txt", content)
				s.Take()
				require.NoError(t, storagetest.TestFile(wrapper.Blob(open(t, s, "bucket"), "dir/a b+ż.txt"), []byte(content)))
				assert.Equal(t, name == "direct", objectserver.Direct(s.Take()))
			})
		}
		t.Run(name+" missing", func(t *testing.T) {
			require.NoError(t, storagetest.TestFile(wrapper.Blob(open(t, s, "bucket"), "none"), nil))
		})
	}
}

func TestRangesAndPreconditionsAreInOneRequest(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("k", "0123456789")
	for name, open := range routes {
		f := wrapper.Blob(open(t, s, "bucket"), "k")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		s.Take()
		for _, tt := range []struct {
			request wrapper.Request
			status  int
			direct  bool // only
		}{
			{wrapper.Request{}, 200, false},
			{wrapper.Request{Range: "bytes=2-4"}, 206, false},
			{wrapper.Request{Range: "bytes=-3"}, 206, false},
			{wrapper.Request{Range: "bytes=10-"}, 416, false},
			{wrapper.Request{IfMatch: `"other"`}, 412, false},
			{wrapper.Request{IfMatch: info.ETag, Range: "bytes=0-0"}, 206, false},
			{wrapper.Request{IfNoneMatch: info.ETag}, 304, true},
			{wrapper.Request{IfUnmodifiedSince: info.ModTime.Format(http.TimeFormat), Range: "bytes=0-0"}, 206, true},
		} {
			if tt.direct && name != "direct" {
				continue
			}
			resp, err := f.Fetch(t.Context(), tt.request)
			require.NoError(t, err, "%s %+v", name, tt.request)
			require.NoError(t, resp.Close())
			assert.Equal(t, tt.status, resp.Status, "%s %+v", name, tt.request)
			assert.Equal(t, []int{tt.status}, objectserver.Statuses(s.Take()), "%s %+v", name, tt.request)
		}
	}
}

func TestErrorsNameTheBucketAndTheCause(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	for name, open := range routes {
		_, err := wrapper.Blob(open(t, s, "bucket"), "denied").Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, fs.ErrPermission, name)
		require.ErrorContains(t, err, `GCS bucket "bucket": the credentials may not read the object: they need storage.objects.get; `+
			"without storage.objects.list a missing object has this code too: upstream returned 403 Forbidden (AccessDenied)", name)
		_, err = wrapper.Blob(open(t, s, "other"), "k").Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, fs.ErrNotExist, name)
		require.ErrorContains(t, err, `GCS bucket "other": `, name)
	}
}

func TestSignedURLOverridesTheMetadata(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("a b.txt", "content")
	opts := wrapper.SignOptions{ContentDisposition: `attachment; filename="r p.txt"`, ContentType: "text/x-mine", CacheControl: "private"}
	for name, open := range routes {
		f := wrapper.Blob(open(t, s, "bucket"), "a b.txt")
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			opts.Method = method
			resp := s.get(t, f, opts)
			assert.Equal(t, http.StatusOK, resp.StatusCode, "%s %s", name, method)
			assert.Equal(t, opts.ContentDisposition, resp.Header.Get("Content-Disposition"))
			assert.Equal(t, opts.ContentType, resp.Header.Get("Content-Type"))
			assert.Equal(t, opts.CacheControl, resp.Header.Get("Cache-Control"))
		}
	}
}

// A token does not depend on the clock, so no request is refused. The Date of the first response has the time to sign at.
func TestSignedURLHoldsByTheServicesClock(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	s.put("k", "content")
	for _, skew := range []time.Duration{time.Hour, -time.Hour} {
		s.Skew(skew)
		f := wrapper.Blob(openURL(t, s, "bucket"), "k")
		assert.Equal(t, http.StatusForbidden, s.get(t, f, wrapper.SignOptions{}).StatusCode, "before the clock is known")
		s.Take()
		_, err := f.Stat(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []int{200}, objectserver.Statuses(s.Take()))
		assert.Equal(t, http.StatusOK, s.get(t, f, wrapper.SignOptions{}).StatusCode)
	}
}

// get makes a request by a signed URL, wherever that points, to the service.
func (s *service) get(t *testing.T, f *wrapper.File, o wrapper.SignOptions) *http.Response {
	t.Helper()
	signed, err := f.SignedURL(t.Context(), o)
	require.NoError(t, err)
	u, err := url.Parse(signed)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), o.Method, s.URL, http.NoBody)
	require.NoError(t, err)
	req.Host = u.Host
	req.URL.Path, req.URL.RawPath, req.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
	resp, err := s.Client().Transport.RoundTrip(req)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp
}

// The strings to sign are the published ones, and only they are signed.
func TestSignedURLSignsThePublishedStrings(t *testing.T) { //nolint:paralleltest // the environment is cleared
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	for _, tt := range vectors {
		t.Run(tt.name, func(t *testing.T) {
			var signed []string
			b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{}, tt.bucket, &gcsblob.Options{
				GoogleAccessID: "test-iam-credentials@dummy-project-id.iam.gserviceaccount.com",
				ClientOptions:  []option.ClientOption{option.WithoutAuthentication()},
				MakeSignBytes: func(context.Context) gcsblob.SignBytesFunc {
					return func(text []byte) ([]byte, error) {
						signed = append(signed, string(text))
						return []byte{0xab}, nil
					}
				},
			})
			require.NoError(t, err)
			defer b.Close()
			at, err := time.Parse("20060102T150405Z", tt.at)
			require.NoError(t, err)
			u, err := wrapper.Blob(b, tt.key).SignedURL(t.Context(), wrapper.SignOptions{At: at, Expiry: tt.expiry})
			require.NoError(t, err)
			assert.Equal(t, []string{published(tt.at, tt.sum)}, signed)
			assert.True(t, strings.HasPrefix(u, "https://storage.googleapis.com"+tt.path+"?"), u)
			assert.True(t, strings.HasSuffix(u, "&X-Goog-Signature=ab"), u)
		})
	}
}

var errNoKey = errors.New("no key")

// A signer's error is an error, and not a URL.
func TestSignedURLFailsWithItsSigner(t *testing.T) { //nolint:paralleltest // the environment is cleared
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{}, "bucket", &gcsblob.Options{
		GoogleAccessID: "signer@example.com",
		ClientOptions:  []option.ClientOption{option.WithoutAuthentication()},
		MakeSignBytes: func(context.Context) gcsblob.SignBytesFunc {
			return func([]byte) ([]byte, error) { return nil, errNoKey }
		},
	})
	require.NoError(t, err)
	defer b.Close()
	_, err = wrapper.Blob(b, "k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.ErrorIs(t, err, errNoKey)
}
