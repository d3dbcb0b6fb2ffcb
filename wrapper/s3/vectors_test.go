package s3_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/s3"
)

// The requests are the examples of the S3 API reference that sign the fields which every request of the direct route has.
func TestDirectSignsThePublishedRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, target, signature string }{
		{"GET bucket lifecycle", "https://examplebucket.s3.amazonaws.com/?lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"GET bucket", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(tt.target)
			require.NoError(t, err)
			assert.Equal(t, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "+
				"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="+tt.signature,
				s3.Authorization(t.Context(), exampleCredentials, "us-east-1", "s3", u, "20130524T000000Z"))
		})
	}
}

// store2013 is a store whose clock is ahead of this machine's. It refuses signatures of another time.
type store2013 struct{ ahead time.Duration }

func (s store2013) Do(r *http.Request) (*http.Response, error) {
	now := time.Now().Add(s.ahead).UTC()
	if at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date")); err != nil || at.Sub(now).Abs() > 15*time.Minute {
		return &http.Response{ //nolint:nilerr // a refusal is a response
			StatusCode: http.StatusForbidden, Request: r, Header: http.Header{"Date": {now.Format(http.TimeFormat)}},
			Body: io.NopCloser(strings.NewReader("<Error><Code>RequestTimeTooSkewed</Code></Error>")),
		}, nil
	}
	return &http.Response{
		StatusCode: http.StatusOK, Request: r, ContentLength: 7, Body: io.NopCloser(strings.NewReader("content")),
		Header: http.Header{"Etag": {`"x"`}, "Date": {now.Format(http.TimeFormat)}},
	}, nil
}

// The URL is the example of the S3 API reference. It is signed at that time by the store's clock.
func TestSignedURLIsThePublishedOne(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"clocks agree": 0, "the store's is ahead": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC).Add(-ahead)))
				client := awss3.New(awss3.Options{
					Region: "us-east-1", HTTPClient: store2013{ahead}, BaseEndpoint: aws.String("https://s3.amazonaws.com"),
					Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return exampleCredentials, nil }),
				})
				b, err := s3blob.OpenBucket(t.Context(), client, "examplebucket", nil)
				require.NoError(t, err)
				defer b.Close()
				f := wrapper.Blob(b, "test.txt")
				body, err := fetch(t, f)
				require.NoError(t, err)
				require.Equal(t, "content", body)

				signed, err := f.SignedURL(t.Context(), wrapper.SignOptions{Expiry: 24 * time.Hour})
				require.NoError(t, err)
				assert.Equal(t, "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE"+
					"%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"+
					"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", signed)
			})
		})
	}
}
