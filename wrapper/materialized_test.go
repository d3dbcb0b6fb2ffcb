package wrapper_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// thumbnail is generated content. It counts its generations, which take a while.
func thumbnail(made *atomic.Int64, fails *atomic.Bool) *wrapper.File {
	return wrapper.Func("t.webp", func(ctx context.Context, w io.Writer) error {
		made.Add(1)
		if _, err := io.WriteString(w, digits[:5]); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		if fails.Load() {
			return errors.New("out of memory")
		}
		_, err := io.WriteString(w, digits[5:])
		return err
	}).WithInfo(wrapper.Info{ContentType: "image/webp"})
}

func materializer(b *blob.Bucket) *wrapper.Materializer {
	return &wrapper.Materializer{Bucket: wrapper.NewBucket(b)}
}

// materialized returns a file of a Materializer of its own.
func materialized(f *wrapper.File, b *blob.Bucket, key string) *wrapper.File {
	return materializer(b).File(f, key)
}

// download returns what a client receives of a file.
func download(ctx context.Context, f *wrapper.File, req wrapper.Request) (*wrapper.Response, string, error) {
	resp, err := f.Fetch(ctx, req)
	if err != nil || resp.Body == nil {
		return resp, "", err
	}
	got, err := io.ReadAll(resp.Body)
	return resp, string(got), errors.Join(err, resp.Close())
}

func eachWritable(t *testing.T, test func(t *testing.T, b *blob.Bucket)) {
	for _, name := range []string{"mem", "file", "prefixed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, buckets(t)[name])
		})
	}
}

// The content that is stored, not the metadata of its source, decides about ranges: the source may be replaced meanwhile.
func TestMaterializedRangesAreOfTheStoredObject(t *testing.T) {
	t.Parallel()
	var replaced atomic.Bool
	src := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			replaced.Store(true)
		}
		content := digits
		if replaced.Load() {
			content = "replaced " + digits + digits
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(src.Close)
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	f := materializer(b).File(wrapper.URL(src.Client(), src.URL), "k")
	req := wrapper.Request{Range: "bytes=0-1,9-9"}
	resp, got, err := download(t.Context(), f, req)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.Status, "while it is generated")
	assert.Equal(t, "replaced "+digits+digits, got)
	require.Eventually(t, func() bool {
		resp, got, err = download(t.Context(), f, req)
		require.NoError(t, err)
		return resp.Status == http.StatusPartialContent
	}, 10*time.Second, time.Millisecond)
	assert.Equal(t, "replaced 0", got)
}

func TestMaterializedIsGeneratedOnce(t *testing.T) {
	t.Parallel()
	eachWritable(t, func(t *testing.T, b *blob.Bucket) {
		var made atomic.Int64
		m := materializer(b)
		f := m.File(thumbnail(&made, new(atomic.Bool)), "cache/t")
		resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
		require.NoError(t, err)
		assert.EqualValues(t, wrapper.UnknownSize, resp.Info.Size)
		assert.Zero(t, made.Load(), "HEAD generates nothing")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, got, err := download(t.Context(), f, wrapper.Request{})
				assert.NoError(t, err)
				assert.Equal(t, digits, got)
			})
		}
		all.Wait()
		assert.Equal(t, int64(1), made.Load())
		require.NoError(t, m.Shutdown(t.Context()), "it has stored the object")

		resp, err = f.Fetch(t.Context(), wrapper.Request{Range: "bytes=-3"})
		require.NoError(t, err)
		assert.Equal(t, http.StatusPartialContent, resp.Status)
		assert.Equal(t, "image/webp", resp.Info.ContentType)
		require.NoError(t, resp.Close())
		again, err := f.Fetch(t.Context(), wrapper.Request{IfNoneMatch: resp.Info.ETag})
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotModified, again.Status)
		r := f.Reader(t.Context())
		read, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, digits, string(read))
		assert.Equal(t, int64(1), made.Load())
	})
}

// After a failure nothing is stored, and the next request tries again.
func TestMaterializedStoresTheWholeOrNothing(t *testing.T) {
	t.Parallel()
	eachWritable(t, func(t *testing.T, b *blob.Bucket) {
		var made atomic.Int64
		var fails atomic.Bool
		fails.Store(true)
		m := materializer(b)
		f := m.File(thumbnail(&made, &fails), "cache/t")
		_, got, err := download(t.Context(), f, wrapper.Request{})
		require.ErrorContains(t, err, "out of memory")
		assert.Equal(t, digits[:5], got, "the client of the first request is served while the content is generated")
		exists, err := b.Exists(t.Context(), "cache/t")
		require.NoError(t, err)
		assert.False(t, exists)
		fails.Store(false)
		_, got, err = download(t.Context(), f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, got)
		require.NoError(t, m.Shutdown(t.Context()))
	})
}

// The object is stored although the first client has left, for the second one.
func TestMaterializedContinuesWithoutItsFirstClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := memblob.OpenBucket(nil)
		defer b.Close()
		var made atomic.Int64
		f := materialized(thumbnail(&made, new(atomic.Bool)), b, "k")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		var first sync.WaitGroup
		first.Go(func() {
			resp, err := f.Fetch(ctx, wrapper.Request{})
			if assert.NoError(t, err) {
				_, err = io.ReadAll(resp.Body)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.NoError(t, resp.Close())
			}
		})
		synctest.Wait()
		_, got, err := download(t.Context(), f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, got)
		assert.Equal(t, int64(1), made.Load())
		first.Wait()
	})
}

func TestMaterializedMissingEmptyAndLargeFiles(t *testing.T) {
	t.Parallel()
	b := buckets(t)["mem"]
	_, err := materialized(wrapper.Blob(b, "none"), b, "k").Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	m := materializer(b)
	for range 2 {
		_, got, err := download(t.Context(), m.File(wrapper.Bytes("e", nil), "empty"), wrapper.Request{})
		require.NoError(t, err)
		assert.Empty(t, got)
	}
	require.NoError(t, m.Shutdown(t.Context()))
	large := bytes.Repeat([]byte(digits), 100_000)
	_, got, err := download(t.Context(), materialized(wrapper.Bytes("l", large), b, "large"), wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(large, []byte(got)))
}

// Materialized content that is not stored yet has no validator: the stored object will have another one.
func TestMaterializedHasNoValidatorOfItsSource(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.NoError(t, b.WriteAll(t.Context(), "source", []byte("content"), nil))
	f := materialized(wrapper.Blob(b, "source"), b, "kept")
	head, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
	require.NoError(t, err)
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	for _, got := range []wrapper.Info{head.Info, info} {
		require.Empty(t, got.ETag)
		require.Zero(t, got.ModTime)
		require.EqualValues(t, 7, got.Size)
	}
}
