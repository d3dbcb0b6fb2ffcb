package providers_test

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/wrapper"
)

func countNew(n *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			n.Add(1)
		}
	}
}

// LG7: the id of a request is in the URL, and signed. The server ignores it.
func TestS3SignsRequestIDs(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		put(t, server, "a b", []byte("content"))
		f := wrapper.Blob(bucket, "a b")
		for _, opts := range []wrapper.SignOptions{
			{RequestID: "id/1+2=@~"}, {RequestID: "id/1+2=@~", ContentType: "application/x-a", ContentDisposition: "attachment"},
		} {
			signed, err := f.SignedURL(t.Context(), opts)
			require.NoError(t, err)
			u, err := url.Parse(signed)
			require.NoError(t, err)
			assert.Equal(t, []string{opts.RequestID}, u.Query()["x-request-id"])
			resp, body := getURL(t, http.MethodGet, signed, nil)
			require.Equal(t, http.StatusOK, resp.StatusCode, "%s", body)
			assert.Equal(t, "content", string(body))
			forged := strings.Replace(signed, "x-request-id=id", "x-request-id=ie", 1)
			require.NotEqual(t, signed, forged)
			for _, changed := range []string{forged, signed + "&x-request-id=another", strings.Replace(signed, "x-request-id=", "y-request-id=", 1)} {
				resp, _ = getURL(t, http.MethodGet, changed, nil)
				assert.Equal(t, http.StatusForbidden, resp.StatusCode, changed)
			}
		}
	})
}

func TestS3SignedURL(t *testing.T) {
	eachLane(t, func(t *testing.T, server *s3server.Server, bucket *blob.Bucket, _ *wirecount.Counter) {
		content := random(4096)
		put(t, server, "a b", content)
		f := wrapper.Blob(bucket, "a b")
		now := time.Now()
		opts := wrapper.SignOptions{
			At: now, ContentDisposition: `attachment; filename="ü.txt"`, ContentType: "application/x-a", CacheControl: "private",
		}
		signed, err := f.SignedURL(t.Context(), opts)
		require.NoError(t, err)
		again, err := f.SignedURL(t.Context(), opts)
		require.NoError(t, err)
		assert.Equal(t, signed, again, "the same at the same time")
		u, err := url.Parse(signed)
		require.NoError(t, err)
		assert.Equal(t, "300", u.Query().Get("X-Amz-Expires"), "D16: a URL expires unless told how long it lives")
		assert.Equal(t, now.UTC().Format("20060102T150405Z"), u.Query().Get("X-Amz-Date"))
		assert.Equal(t, "host", u.Query().Get("X-Amz-SignedHeaders"), "what a browser sends is free")

		resp, body := getURL(t, http.MethodGet, signed, nil)
		require.Equal(t, http.StatusOK, resp.StatusCode, "%s", body)
		assert.Equal(t, content, body)
		assert.Equal(t, `attachment; filename="ü.txt"`, resp.Header.Get("Content-Disposition"))
		assert.Equal(t, "application/x-a", resp.Header.Get("Content-Type"))
		assert.Equal(t, "private", resp.Header.Get("Cache-Control"))
		resp, body = getURL(t, http.MethodGet, signed, map[string]string{"Range": "bytes=1-2"})
		assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
		assert.Equal(t, content[1:3], body)

		for _, change := range [][2]string{{"a%20b", "a%20c"}, {"application", "text"}, {"X-Amz-Expires=300", "X-Amz-Expires=301"}} {
			tampered := strings.Replace(signed, change[0], change[1], 1)
			require.NotEqual(t, signed, tampered)
			resp, _ := getURL(t, http.MethodGet, tampered, nil)
			assert.Equal(t, http.StatusForbidden, resp.StatusCode, "%s", change[1])
		}
		resp, _ = getURL(t, http.MethodHead, signed, nil)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, "signed for GET")

		head, err := f.SignedURL(t.Context(), wrapper.SignOptions{Method: http.MethodHead})
		require.NoError(t, err)
		resp, _ = getURL(t, http.MethodHead, head, nil)
		assert.Equal(t, http.StatusOK, resp.StatusCode)

		expired, err := f.SignedURL(t.Context(), wrapper.SignOptions{At: now.Add(-time.Minute), Expiry: 62 * time.Second})
		require.NoError(t, err)
		require.NotEmpty(t, expired)
		_, err = f.SignedURL(t.Context(), wrapper.SignOptions{At: now.Add(-time.Minute), Expiry: 30 * time.Second})
		require.Error(t, err, "nobody could use it")
	})
}

func TestS3SignedURLByCurl(t *testing.T) {
	t.Parallel()
	curl := installed.Program(t, "curl", "curl")
	server := s3server.Start(t)
	put(t, server, "k", []byte("content"))
	signed, err := wrapper.Blob(s3Bucket(t, server), "k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), curl, "-q", "-sSf", "--noproxy", "*", signed).Output()
	require.NoError(t, err)
	assert.Equal(t, "content", string(out))
}

func TestS3AnonymousSignsNothing(t *testing.T) {
	t.Parallel()
	server := s3server.Start(t)
	b := s3Bucket(t, server, func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} })
	_, err := wrapper.Blob(b, "k").SignedURL(t.Context(), wrapper.SignOptions{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{})
	require.ErrorContains(t, err, "AccessDenied")
}
