package storagetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestEveryOperationIsRecorded(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello", "dir/b.txt": "world"})
	ctx := t.Context()
	require.NoError(t, b.WriteAll(ctx, "c.txt", []byte("new"), &blob.WriterOptions{ContentType: "text/x-mine"}))
	require.NoError(t, b.Copy(ctx, "d.txt", "c.txt", nil))
	require.NoError(t, b.Delete(ctx, "a.txt"))
	_, err := b.Attributes(ctx, "a.txt")
	require.Equal(t, gcerrors.NotFound, gcerrors.Code(err))
	attrs, err := b.Attributes(ctx, "d.txt")
	require.NoError(t, err)
	assert.Equal(t, "text/x-mine", attrs.ContentType)
	r, err := b.NewRangeReader(ctx, "dir/b.txt", 1, 3, nil)
	require.NoError(t, err)
	_, err = io.ReadFull(r, make([]byte, 2))
	require.NoError(t, err)
	assert.Equal(t, 1, b.Open())
	assert.Equal(t, "read dir/b.txt [1:4]: 2 bytes, open", b.Calls()[len(b.Calls())-1].String())
	require.NoError(t, r.Close())
	it := b.List(&blob.ListOptions{Prefix: "dir/"})
	o, err := it.Next(ctx)
	require.NoError(t, err)
	assert.Equal(t, "dir/b.txt", o.Key)
	_, err = b.SignedURL(ctx, "d.txt", nil)
	require.Equal(t, gcerrors.Unimplemented, gcerrors.Code(err))

	assert.Equal(t, `write c.txt: 3 bytes
copy c.txt
delete a.txt
stat a.txt: failed
stat d.txt
read dir/b.txt [1:4]: 2 bytes
list dir/
sign d.txt: failed
`, b.Trace())
	assert.Equal(t, 7, b.Requests(), "signing is no request")
	assert.Equal(t, 2, b.Requests(storagetest.OpStat))
	assert.Equal(t, int64(2), b.BytesRead())
	assert.Zero(t, b.Open())
	b.Reset()
	assert.Empty(t, b.Trace())
}

func TestNewFileSendsNoRequest(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, two)
	tr := storagetest.NewTransport(t, nil)
	for _, f := range []*wrapper.File{
		wrapper.Blob(b.Bucket, "a.txt"), b.File("a.txt").WithStore("docs").WithInfo(wrapper.Info{Size: 5}),
		wrapper.URL(tr.Client(), "http://127.0.0.1:1/a.txt"),
	} {
		_, _, _ = f.Name(), f.Base(), f.Location()
		assert.NoError(t, f.Reader(t.Context()).Close())
	}
	assert.Zero(t, b.Requests()+tr.Requests())
}

// The offset of the file counts the bytes that sendfile sends without a Read.
func TestBytesSentWithSendfileAreCounted(t *testing.T) {
	t.Parallel()
	b := storagetest.NewDirBucket(t, storagetest.Objects{"a.bin": string(version1)})
	server := httptest.NewServer(new(blobdownload.Server).Handler(func(*http.Request) (*blobdownload.Download, error) {
		return &blobdownload.Download{File: wrapper.Blob(b.Bucket, "a.bin")}, nil
	}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, version1, got)
	server.Close()
	assert.Equal(t, int64(size), b.BytesRead())
	r, err := b.NewReader(t.Context(), "a.bin", nil)
	require.NoError(t, err)
	var in io.Reader
	require.True(t, r.As(&in))
	assert.IsType(t, &os.File{}, in, "the recorder keeps the way that the kernel takes")
	require.NoError(t, r.Close())
}

func TestRecorderIsSafeInParallel(t *testing.T) {
	t.Parallel()
	b := storagetest.NewBucket(t, two)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := b.ReadAll(t.Context(), "a.txt")
			assert.NoError(t, err)
			_ = b.Trace()
		})
	}
	wg.Wait()
	assert.Equal(t, 16, b.Requests())
	assert.Equal(t, int64(16*5), b.BytesRead())
}

func TestTransportRecordsRequestsAndConnections(t *testing.T) {
	t.Parallel()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "a.txt", modified, strings.NewReader("hello, world"))
	}))
	defer origin.Close()
	tr := storagetest.NewTransport(t, nil)
	f := wrapper.URL(tr.Client(), origin.URL+"/dir/a.txt")
	for _, req := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=-5"}, {Range: "bytes=2-3", IfRange: `"e"`}, {IfNoneMatch: `"e"`}} {
		resp, err := f.Fetch(t.Context(), req)
		require.NoError(t, err)
		if resp.Body != nil {
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
		}
		require.NoError(t, resp.Close())
	}
	assert.Equal(t, `read /dir/a.txt [0:]: 200: 12 bytes
stat /dir/a.txt: 200
read /dir/a.txt [-5:]: 206: 5 bytes
read /dir/a.txt [2:4] if If-Match: "e": 206: 2 bytes
read /dir/a.txt [0:] if If-None-Match: "e": 304: 0 bytes
`, tr.Trace())
	assert.Equal(t, 1, tr.Conns())
}

func TestFaultProxyKeepsTheSignedHost(t *testing.T) {
	t.Parallel()
	hosts := make(chan string, 1)
	origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hosts <- r.Host + " " + r.URL.RequestURI() + " " + r.Header.Get("X-Forwarded-For")
	}))
	defer origin.Close()
	p := storagetest.NewFaultProxy(t, origin.URL)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(p.URL + "/bucket/a%2fb%20c?X-Amz-Signature=1")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, strings.TrimPrefix(p.URL, "http://")+" /bucket/a%2fb%20c?X-Amz-Signature=1 ", <-hosts)
}

func TestStatusOverHTTP(t *testing.T) {
	t.Parallel()
	origin := httptest.NewServer(http.NotFoundHandler())
	defer origin.Close()
	p := storagetest.NewFaultProxy(t, origin.URL)
	p.Fault(storagetest.Fault{Nth: 1, Action: storagetest.Status(http.StatusServiceUnavailable, 7*time.Second)})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for _, want := range []struct {
		status int
		retry  string
	}{{503, "7"}, {404, ""}} {
		resp, err := client.Get(p.URL + "/a.txt")
		require.NoError(t, err)
		assert.Equal(t, want.status, resp.StatusCode)
		assert.Equal(t, want.retry, resp.Header.Get("Retry-After"))
		_, err = io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	assert.Equal(t, 2, p.Requests())
	assert.Equal(t, 1, p.Conns())
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	assert.Equal(t, storagetest.Objects{"a.txt": "hello\n", "dir/b.txt": "two\nlines\n", "empty": ""},
		storagetest.Txtar(t, "a comment\n-- a.txt --\nhello\n-- dir/b.txt --\ntwo\nlines\n-- empty --\n"))
	assert.Equal(t, storagetest.Objects{"d/a": "x"}, storagetest.FromFS(t, fstest.MapFS{"d/a": {Data: []byte("x")}}))
}
