package azure_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// routes open a container of the service.
var routes = map[string]func(t *testing.T, name string) *blob.Bucket{
	"direct": openURL,
	"SDK":    openClient,
}

// openURL opens a container by its URL.
func openURL(t *testing.T, name string) *blob.Bucket {
	t.Helper()
	u := fmt.Sprintf("azblob://%s?domain=%s&protocol=http&localemu=true", name, strings.TrimPrefix(service.URL, "http://"))
	b, err := wrapper.OpenBucket(t.Context(), u)
	require.NoError(t, err)
	t.Cleanup(func() {
		b.Store().(wrapper.IdleCloser).CloseIdleConnections()
		assert.NoError(t, b.Close())
	})
	return b.Bucket
}

// openClient opens a container by a client of the SDK.
func openClient(t *testing.T, name string) *blob.Bucket {
	t.Helper()
	cred, err := container.NewSharedKeyCredential(account, base64.StdEncoding.EncodeToString(accountKey))
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := container.NewClientWithSharedKeyCredential(service.URL+"/"+account+"/"+name, cred, &container.ClientOptions{
		ClientOptions: azcore.ClientOptions{Transport: &http.Client{Transport: transport}},
	})
	require.NoError(t, err)
	b, err := azureblob.OpenBucket(t.Context(), c, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

func put(key, content string) {
	sum := md5.Sum([]byte(content))
	service.Put(key, &objectserver.Object{
		Content: []byte(content), ETag: fmt.Sprintf(`"0x%X"`, sum[:8]), Modified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Header: http.Header{"Content-Type": {"text/plain"}, "Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])}},
	})
}

func fetch(t *testing.T, f *wrapper.File, r wrapper.Request) (*wrapper.Response, string, error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), r)
	if err != nil || resp.Body == nil {
		return resp, "", err
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Close())
	return resp, string(body), err
}

func TestFile(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		for kind, content := range map[string]string{"small": "0123456789abcdef", "large": strings.Repeat("0123456789", 20<<10), "empty": ""} {
			t.Run(name+" "+kind, func(t *testing.T) {
				put("contract/dir/a b.txt", content)
				service.Take()
				require.NoError(t, storagetest.TestFile(wrapper.Blob(open(t, "contract"), "dir/a b.txt"), []byte(content)))
				assert.Equal(t, name == "direct", objectserver.Direct(service.Take()))
			})
		}
		t.Run(name+" missing", func(t *testing.T) {
			require.NoError(t, storagetest.TestFile(wrapper.Blob(open(t, "contract"), "none"), nil))
		})
	}
}

func TestRangesAndPreconditionsAreInOneRequest(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("one/k", "0123456789")
	for name, open := range routes {
		b := open(t, "one")
		f := wrapper.Blob(b, "k")
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		service.Take()
		for _, tt := range []struct {
			request wrapper.Request
			status  int
			body    string
		}{
			{wrapper.Request{}, 200, "0123456789"},
			{wrapper.Request{Range: "bytes=2-4"}, 206, "234"},
			{wrapper.Request{Range: "bytes=7-"}, 206, "789"},
			{wrapper.Request{Range: "bytes=10-"}, 416, ""},
			{wrapper.Request{IfNoneMatch: info.ETag}, 304, ""},
			{wrapper.Request{IfMatch: `"other"`}, 412, ""},
			{wrapper.Request{IfUnmodifiedSince: info.ModTime.Format(http.TimeFormat), Range: "bytes=0-0"}, 206, "0"},
		} {
			resp, body, err := fetch(t, f, tt.request)
			require.NoError(t, err, "%s %+v", name, tt.request)
			assert.Equal(t, tt.status, resp.Status, "%s %+v", name, tt.request)
			assert.Equal(t, tt.body, body, "%s %+v", name, tt.request)
			assert.Equal(t, []int{tt.status}, objectserver.Statuses(service.Take()), "%s %+v", name, tt.request)
		}
	}
}

func TestErrorsNameTheContainerAndTheCause(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		for c, want := range map[string]string{
			"missing": `Azure container "missing": the container does not exist in this account: upstream returned 404 Not Found (ContainerNotFound)`,
			"archive": `Azure container "archive": the object is archived: rehydrate it first: upstream returned 409 Conflict (BlobArchived)`,
		} {
			_, _, err := fetch(t, wrapper.Blob(open(t, c), "k"), wrapper.Request{})
			require.ErrorContains(t, err, want, name)
			assert.Equal(t, c == "missing", strings.Contains(err.Error(), fs.ErrNotExist.Error()), name)
		}
	}
}

// azureblob panics on such a response.
func TestResponseWithoutTheFieldsOfABlobIsRead(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("bare/k", "content")
	for name, open := range routes {
		f := wrapper.Blob(open(t, "bare"), "k")
		resp, err := wrapper.NewBucket(open(t, "bare")).Store().Send(t.Context(), http.MethodHead, "k", "", nil)
		require.NoError(t, err, name)
		require.NoError(t, resp.Body.Close())
		assert.EqualValues(t, 7, resp.ContentLength, name)
		_, body, err := fetch(t, f, wrapper.Request{})
		require.NoError(t, err, name)
		assert.Equal(t, "content", body, name)
	}
}

// A connection string is an account's key as AZURE_STORAGE_KEY is one: for reads, and for signed URLs.
func TestW22SignedURLByAConnectionString(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("signed/dir/a b.txt", "content")
	opts := wrapper.SignOptions{ContentDisposition: `attachment; filename="r p.txt"`, ContentType: "text/x-mine", CacheControl: "private"}
	for name, open := range routes {
		t.Run(name, func(t *testing.T) {
			signed, err := wrapper.Blob(open(t, "signed"), "dir/a b.txt").SignedURL(t.Context(), opts)
			require.NoError(t, err)
			resp := get(t, signed)
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, opts.ContentDisposition, resp.Header.Get("Content-Disposition"))
			assert.Equal(t, opts.ContentType, resp.Header.Get("Content-Type"))
			assert.Equal(t, opts.CacheControl, resp.Header.Get("Cache-Control"))
			assert.Equal(t, http.StatusForbidden, get(t, strings.Replace(signed, "rsct=", "rsct=x", 1)).StatusCode, "every override is signed")
		})
	}
}

// A clock that is an hour off costs one refused request. Signed URLs hold by the service's clock.
func TestClockIsLearntFromTheService(t *testing.T) { //nolint:paralleltest // the service's log is one
	put("clock/k", "content")
	for _, skew := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			service.Skew(skew)
			defer service.Skew(0)
			f := wrapper.Blob(openURL(t, "clock"), "k")
			service.Take()
			for range 3 {
				_, body, err := fetch(t, f, wrapper.Request{})
				require.NoError(t, err)
				assert.Equal(t, "content", body)
			}
			assert.Equal(t, []int{403, 200, 200, 200}, objectserver.Statuses(service.Take()))

			signed, err := f.SignedURL(t.Context(), wrapper.SignOptions{})
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, get(t, signed).StatusCode)
			u, err := url.Parse(signed)
			require.NoError(t, err)
			ends, err := time.Parse(time.RFC3339, u.Query().Get("se"))
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now().Add(skew).Add(wrapper.DefaultExpiry), ends, time.Minute)
		})
	}
}

// get makes a request without credentials.
func get(t *testing.T, rawURL string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, rawURL, http.NoBody)
	require.NoError(t, err)
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp
}
