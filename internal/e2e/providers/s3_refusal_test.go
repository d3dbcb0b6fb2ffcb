package providers_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
)

// static are fixed credentials.
func static(id, secret string) func(*s3.Options) {
	return func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
		})
	}
}

func TestS3RefusalsSayWhy(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	put(t, server, "k", []byte("content"))
	for name, lane := range s3Lanes {
		for _, tt := range []struct {
			name, bucket, key string
			change            func(*s3.Options)
			is                error
			says              string
		}{
			{"no object", s3server.BucketName, "none", nil, fs.ErrNotExist, "NoSuchKey"},
			{"no bucket", "missing", "k", nil, fs.ErrNotExist, "the bucket does not exist"},
			{"wrong secret", s3server.BucketName, "k", static(s3server.AccessKey, "not-the-secret"), fs.ErrPermission, "SignatureDoesNotMatch"},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				options := server.Client().Options()
				lane(&options)
				if tt.change != nil {
					tt.change(&options)
				}
				b, err := s3blob.OpenBucket(t.Context(), s3.New(options), tt.bucket, nil)
				require.NoError(t, err)
				_, err = wrapper.Blob(b, tt.key).Fetch(t.Context(), wrapper.Request{})
				require.ErrorIs(t, err, tt.is)
				assert.ErrorContains(t, err, tt.says)
				assert.NotContains(t, err.Error(), "not-the-secret")
				_, err = wrapper.Blob(b, tt.key).Stat(t.Context())
				require.ErrorIs(t, err, tt.is)
				require.NoError(t, b.Close())
			})
		}
	}
}

// versitygw returns 404 for an unknown access key, which must not pass for a missing object. MinIO returns 403, as
// AWS does.
func TestS3UnknownAccessKey(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	put(t, server, "k", []byte("content"))
	_, err := wrapper.Blob(s3Bucket(t, server, static("nobody", "not-the-secret")), "k").Fetch(t.Context(), wrapper.Request{})
	assert.NotErrorIs(t, err, fs.ErrNotExist)
	if s3server.MinIO() {
		require.ErrorContains(t, err, "InvalidAccessKeyId")
		assert.ErrorIs(t, err, fs.ErrPermission)
	} else {
		require.ErrorContains(t, err, "XAdminUserNotFound")
	}
}

// An endpoint that is no S3 server is a failed storage, not a missing object.
func TestS3EndpointOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 301, 400, 403, 404} {
		for name, lane := range s3Lanes {
			t.Run(name+"/"+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(status)
					_, _ = w.Write([]byte("<!doctype html><title>Welcome</title>"))
				}))
				t.Cleanup(other.Close)
				options := (&s3server.Server{Endpoint: other.URL}).Client().Options()
				lane(&options)
				b, err := s3blob.OpenBucket(t.Context(), s3.New(options), "bkt", nil)
				require.NoError(t, err)
				_, err = wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{})
				require.ErrorContains(t, err, "not as S3 does")
				assert.NotErrorIs(t, err, fs.ErrNotExist)
				assert.NotErrorIs(t, err, fs.ErrPermission)
				require.NoError(t, b.Close())
			})
		}
	}
}

// rotating is a provider of credentials that the storage rejects after a rotation.
type rotating struct {
	calls   atomic.Int64
	renewed atomic.Bool
}

func (p *rotating) Retrieve(context.Context) (aws.Credentials, error) {
	if p.calls.Add(1) == 1 {
		return aws.Credentials{AccessKeyID: s3server.AccessKey, SecretAccessKey: "old", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
	}
	p.renewed.Store(true)
	return aws.Credentials{AccessKeyID: s3server.AccessKey, SecretAccessKey: s3server.SecretKey}, nil
}

func TestS3CredentialsThatWereReplaced(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	put(t, server, "k", []byte("content"))
	provider := &rotating{}
	b := s3Bucket(t, server, func(o *s3.Options) { o.Credentials = provider })
	_, body := fetch(t, wrapper.Blob(b, "k"), wrapper.Request{})
	assert.Equal(t, "content", string(body))
	assert.True(t, provider.renewed.Load())
}

// The provider's cache renews expired credentials, and a URL never outlives its credentials.
func TestS3CredentialsThatExpire(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	put(t, server, "k", []byte("content"))
	var calls atomic.Int64
	cache := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		life := 90 * time.Second
		if calls.Add(1) == 1 {
			life = -time.Second
		}
		return aws.Credentials{
			AccessKeyID: s3server.AccessKey, SecretAccessKey: s3server.SecretKey, CanExpire: true, Expires: time.Now().Add(life),
		}, nil
	}))
	b := s3Bucket(t, server, func(o *s3.Options) { o.Credentials = cache })
	f := wrapper.Blob(b, "k")
	for range 5 {
		fetch(t, f, wrapper.Request{})
	}
	assert.EqualValues(t, 2, calls.Load())
	signed, err := f.SignedURL(t.Context(), wrapper.SignOptions{Expiry: time.Hour})
	require.NoError(t, err)
	u, err := url.Parse(signed)
	require.NoError(t, err)
	life, err := strconv.Atoi(u.Query().Get("X-Amz-Expires"))
	require.NoError(t, err)
	assert.LessOrEqual(t, life, 90)
	assert.Greater(t, life, 30)
}

// A thousand responses of every kind use one connection, and leak none.
func TestS3ConnectionIsKept(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	tag, _ := put(t, server, "k", random(4096))
	target, err := url.Parse(server.Endpoint)
	require.NoError(t, err)
	var connections atomic.Int64
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { // the Host is signed
		r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		r.Out.Host = r.In.Host
	}, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	front := httptest.NewUnstartedServer(proxy)
	front.Config.ConnState = countNew(&connections)
	front.Start()
	t.Cleanup(front.Close)
	t.Cleanup(proxy.Transport.(*http.Transport).CloseIdleConnections)

	b := s3Bucket(t, server, func(o *s3.Options) { o.BaseEndpoint = aws.String(front.URL) })
	for range 100 {
		for _, request := range []wrapper.Request{
			{}, {Range: "bytes=5-9"}, {Range: "bytes=-5"}, {Range: "bytes=5-9", IfRange: `"x"`}, {IfNoneMatch: tag},
			{IfMatch: `"x"`}, {Range: "bytes=9999-"}, {Head: true}, {Head: true, IfNoneMatch: tag},
		} {
			fetch(t, wrapper.Blob(b, "k"), request)
		}
		_, err := wrapper.Blob(b, "none").Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	assert.EqualValues(t, 1, connections.Load())
}
