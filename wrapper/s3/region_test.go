package s3_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// openURL opens a bucket by a URL without a region, where the environment has credentials and no region either.
func openURL(t *testing.T, endpoint, more string) *wrapper.Bucket {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none",
	} {
		t.Setenv(name, value)
	}
	b, err := wrapper.OpenBucket(t.Context(), "s3://bkt?use_path_style=true&endpoint="+endpoint+more)
	require.NoError(t, err)
	t.Cleanup(func() {
		b.Store().(wrapper.IdleCloser).CloseIdleConnections()
		require.NoError(t, b.Close())
	})
	return b
}

// Without a region the AWS SDK does not sign, although it has credentials.
func TestAMissingRegionIsNamed(t *testing.T) {
	b := openURL(t, startService(t).URL, "")
	require.ErrorContains(t, b.Check(t.Context()), "check: S3: no region to sign with: add region=… to the bucket's URL")
	_, err := b.File("k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.ErrorContains(t, err, "no region to sign with")
}

func TestAPublicBucketNeedsNoRegion(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"x"`)
		_, _ = io.WriteString(w, "content")
	}))
	t.Cleanup(s.Close)
	for _, more := range []string{"", "&anonymous=true"} {
		b := openURL(t, s.URL, more)
		require.NoError(t, b.Check(t.Context()), more)
		got, err := fetch(t, b.File("k"))
		require.NoError(t, err, more)
		assert.Equal(t, "content", got, more)
	}
	_, err := openURL(t, s.URL, "&anonymous=true").File("k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

func TestAnEndpointIsAURL(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"127.0.0.1:9000", "localhost:9000", "minio", "http://", "//minio", "%25"} {
		_, err := wrapper.OpenBucket(t.Context(), "s3://bkt?region=us-east-1&endpoint="+endpoint)
		require.ErrorContains(t, err, "S3 URL: endpoint has no scheme or no host", endpoint)
	}
}
