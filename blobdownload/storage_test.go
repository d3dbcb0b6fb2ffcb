package blobdownload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestOpenStorage(t *testing.T) {
	t.Parallel()
	dir := filepath.ToSlash(t.TempDir())
	for _, c := range []struct{ spec, name, fails string }{
		{"mem://", "default", ""},
		{"docs=mem://", "docs", ""},
		{"file://" + dir, "default", ""},
		{"a.b-c_9=file://" + t.TempDir() + "?metadata=skip", "a.b-c_9", ""}, // each writes to one of its own
		{"", "", "not a bucket URL"},
		{"docs", "", "not a bucket URL"},
		{"docs=", "", `storage "docs": not a bucket URL`},
		{"/srv/docs", "", "not a bucket URL"},
		{"s3://docs", "", `import _ "github.com/go-downloadview/downloadview/wrapper/s3"`},
		{"x=gs://docs", "", `import _ "github.com/go-downloadview/downloadview/wrapper/gcs"`},
		{"azblob://docs", "", `import _ "github.com/go-downloadview/downloadview/wrapper/azure"`},
		{"ftp://host/docs", "", `unknown scheme "ftp"; want one of file, mem`},
		{"docs=file://" + dir + "/none", "", `storage "docs"`},
		{"mem://?secret=hunter2", "", "storage"},
	} {
		t.Run(c.spec, func(t *testing.T) {
			t.Parallel()
			s, err := blobdownload.OpenStorage(t.Context(), c.spec)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				assert.NotContains(t, err.Error(), "\n", "one line")
				assert.NotContains(t, err.Error(), "hunter2")
				assert.Nil(t, s)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.name, s.Name)
			require.NoError(t, s.Check(t.Context()))
			put(t, s.Bucket, "k/a", "", []byte("content"))
			assert.Equal(t, wrapper.Location{Store: c.name, Bucket: s.Bucket.ID(), Key: "k/a"}, s.File("k/a").Location())
			assert.Equal(t, "content", bodyText(t, exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key=k/a")))
			require.NoError(t, s.Close(t.Context()))
		})
	}
}

func TestOpenStorages(t *testing.T) {
	t.Parallel()
	all, err := blobdownload.OpenStorages(t.Context(), "mem://", "b=mem://")
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Same(t, all[1], all.Get("b"))
	assert.Same(t, all[0], all.Get(blobdownload.DefaultStorage))
	assert.Nil(t, all.Get("c"))
	require.NoError(t, all.Check(t.Context()))
	require.NoError(t, all.Close(t.Context()))
	require.ErrorContains(t, all.Check(t.Context()), `"b"`, "every failure is reported")
	require.ErrorContains(t, all.Check(t.Context()), `"default"`)

	for _, specs := range [][]string{{"mem://", "mem://"}, {"a=mem://", "b=mem://", "a=mem://"}} {
		all, err = blobdownload.OpenStorages(t.Context(), specs...)
		require.ErrorContains(t, err, "duplicate name")
		assert.Nil(t, all)
	}
	_, err = blobdownload.OpenStorages(t.Context(), "mem://", "ftp://x")
	require.ErrorContains(t, err, "unknown scheme")
	none, err := blobdownload.OpenStorages(t.Context())
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	bad := []string{
		"", ".", "..", "/", "/a", "a/", "./a", "a/./b", "a//b", "a/../b", "../a", "a/..", "\xff\xfe", "a\x00", "a\nb", "a\rb", "a\tb", "a\x7f",
		strings.Repeat("x", 1025), strings.Repeat("é", 513),
	}
	good := []string{
		"a", "a/b", "..a", "...", "a..b", ".env", "a b", " a ", "é", "e\u0301", "a%20b", "a%2f..%2fb", `a\b`, "a?b#c&d=e+f;g:h~i'j\"k", "[*?]",
		"C:x", "CON", "@named", strings.Repeat("x", 1024),
	}
	s := &blobdownload.Storage{Bucket: memBucket(t)}
	for _, key := range good {
		assert.NoError(t, blobdownload.CanonicalKey(key), "%q", key)
		put(t, s.Bucket, key, "", []byte(key))
	}
	h := quietServer().Handler(blobdownload.StorageView(s, queryKey))
	byKey := func(h http.Handler, key string) *http.Response {
		r := request(t, "GET", "/")
		r.URL.RawQuery = query(key)
		return exchangeRequest(h, r)
	}
	for _, key := range good {
		resp := byKey(h, key)
		require.Equal(t, http.StatusOK, resp.StatusCode, "%q", key)
		assert.Equal(t, key, bodyText(t, resp))
	}
	file := &blobdownload.Storage{Bucket: fileBucket(t, t.TempDir())}
	wide := &blobdownload.Storage{Bucket: memBucket(t), Keys: blobdownload.AnyKey}
	for _, key := range bad {
		assert.Error(t, blobdownload.CanonicalKey(key), "%q", key)
		for _, s := range []*blobdownload.Storage{s, file, wide} {
			t.Run(fmt.Sprintf("%.20q", key), func(t *testing.T) {
				requireNotFound(t, byKey(quietServer().Handler(blobdownload.StorageView(s, queryKey)), key))
			})
		}
	}
	put(t, s.Bucket, "a//b", "", []byte("odd"))
	assert.Equal(t, http.StatusNotFound, byKey(h, "a//b").StatusCode, "not canonical")
	open := &blobdownload.Storage{Bucket: s.Bucket, Keys: blobdownload.AnyKey}
	assert.Equal(t, "odd", bodyText(t, byKey(quietServer().Handler(blobdownload.StorageView(open, queryKey)), "a//b")))
}

// A rejected key is a 404 without a request to the bucket, and the response does not show which policy rejected it.
func TestRejectedKeysAreNotRequested(t *testing.T) {
	t.Parallel()
	var checked []string
	s := &blobdownload.Storage{Name: "n", Bucket: memBucket(t), Keys: func(key string) error {
		checked = append(checked, key)
		return context.DeadlineExceeded // any error rejects
	}}
	put(t, s.Bucket, "a", "", []byte("content"))
	f := s.File("a")
	assert.Equal(t, "n", f.Location().Store)
	_, err := f.Stat(t.Context())
	require.Error(t, err)
	requireNotFound(t, exchange(t, quietServer().Handler(blobdownload.StorageView(s, queryKey)), "GET", "/?key=a"))
	assert.Equal(t, []string{"a", "a"}, checked)
}

func TestCloseWaitsForDownloads(t *testing.T) {
	t.Parallel()
	s := &blobdownload.Storage{Name: "n", Bucket: memBucket(t)}
	put(t, s.Bucket, "a", "", []byte("content"))
	rc, err := s.File("a").Open(t.Context(), 0, -1)
	require.NoError(t, err)
	closed := make(chan error)
	go func() { closed <- s.Close(context.WithoutCancel(t.Context())) }()

	h := quietServer().Handler(blobdownload.StorageView(s, queryKey))
	var late *http.Response
	for late == nil || late.StatusCode == http.StatusOK { // until Close has begun
		late = exchange(t, h, "GET", "/?key=a")
	}
	assert.Equal(t, http.StatusServiceUnavailable, late.StatusCode)
	require.ErrorContains(t, s.Check(t.Context()), "closed")
	select {
	case err := <-closed:
		t.Fatal("did not wait", err)
	default:
	}
	b, err := io.ReadAll(rc)
	require.NoError(t, err)
	assert.Equal(t, "content", string(b))
	require.NoError(t, rc.Close())
	require.NoError(t, <-closed)
	require.NoError(t, s.Close(t.Context()), "a second call does nothing")
}

func TestCloseUnderACancelledContextDoesNotWait(t *testing.T) {
	t.Parallel()
	s := &blobdownload.Storage{Name: "docs", Bucket: memBucket(t)}
	put(t, s.Bucket, "a", "", []byte("content"))
	rc, err := s.File("a").Open(t.Context(), 0, -1)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = s.Close(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, `storage "docs": closed with downloads in flight`)
	require.NoError(t, rc.Close(), "closing a body after its storage")
}

func TestCloseWithNothingInFlightIgnoresTheContext(t *testing.T) {
	t.Parallel()
	for range 50 { // select chooses at random
		s := &blobdownload.Storage{Bucket: memBucket(t)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, s.Close(ctx))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &blobdownload.Storage{Name: "docs", Bucket: fileBucket(t, dir)}
	require.NoError(t, s.Check(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, s.Check(ctx), `storage "docs"`)
	require.NoError(t, s.Bucket.Close())
	require.ErrorContains(t, s.Check(t.Context()), `storage "docs"`)
}
