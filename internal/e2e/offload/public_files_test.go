package offload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/proxy"
)

// publicRead is a bucket policy with which every client reads the objects below public/.
const publicRead = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"],
	"Resource": ["arn:aws:s3:::bkt/public/*"]}]}`

// Clients without credentials fetch the objects of a public prefix from a real S3 server, through a proxy that forwards
// the path as it is. The URL of each odd name leads to its content.
func TestPublicFiles(t *testing.T) {
	t.Parallel()
	if s3server.MinIO() {
		t.Skip("MinIO rejects some of the names")
	}
	s := newStore(t)
	_, err := s.Client().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(s3server.BucketName), Policy: aws.String(publicRead)})
	require.NoError(t, err)
	cdn := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL = &url.URL{
			Scheme: "http", Host: s.host, Path: "/" + s3server.BucketName + r.In.URL.Path, RawPath: "/" + s3server.BucketName + r.In.URL.EscapedPath(),
			RawQuery: r.In.URL.RawQuery,
		}
		r.Out.Host = s.host
	}})
	t.Cleanup(cdn.Close)
	o := &proxy.CDN{Mounts: []proxy.Mount{{Store: "s3", Prefix: "public/", Location: cdn.URL + "/public/"}}, Signer: proxy.PublicFiles{}}
	require.NoError(t, proxy.Validate(o))
	app := httptest.NewServer(s.handler(o, func(v blobdownload.View) blobdownload.View { return v.Cached(blobdownload.Public(time.Hour)) }))
	t.Cleanup(app.Close)
	fetch := func(location string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, location, http.NoBody)
		require.NoError(t, err)
		resp, err := cdn.Client().Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}

	redirected := 0
	for _, name := range listed {
		key := "public/" + name
		if blobdownload.CanonicalKey(key) != nil || strings.Contains(key, "*") {
			continue // versitygw stores files, and its policies forbid keys with an asterisk
		}
		s.put(t, key, "content of "+name, "text/plain")
		resp, body := get(t, app.URL+urlOf(key))
		requests := s.counter.Take()
		if resp.StatusCode == http.StatusOK {
			assert.Equal(t, "content of "+name, body, "streamed")
			continue
		}
		require.Equal(t, http.StatusFound, resp.StatusCode, "%q", key)
		assert.Empty(t, requests, "a redirect costs none")
		redirected++
		location := resp.Header.Get("Location")
		assert.NotContains(t, location, "?", "%q", key)
		status, body := fetch(location)
		assert.Equal(t, http.StatusOK, status, "%q: %s", key, location)
		assert.Equal(t, "content of "+name, body, "%q: %s", key, location)
	}
	assert.Greater(t, redirected, 50)

	s.put(t, "private/a", "secret", "text/plain")
	status, body := fetch(cdn.URL + "/private/a")
	assert.Equal(t, http.StatusForbidden, status)
	assert.NotContains(t, body, "secret")
	resp, body := get(t, app.URL+urlOf("private/a"))
	assert.Equal(t, http.StatusOK, resp.StatusCode, "outside of the mount: streamed, by the application's credentials")
	assert.Equal(t, "secret", body)
	status, body = fetch(cdn.URL + "/public/plain.txt?response-content-type=text/html")
	assert.NotEqual(t, http.StatusOK, status, "S3 rejects the overrides of a request without a signature: %s", body)
}
