package wrapper_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
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

func eachWritable(t *testing.T, test func(t *testing.T, b *blob.Bucket)) {
	for _, name := range []string{"mem", "file", "prefixed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, buckets(t)[name])
		})
	}
}

func TestMaterializedIsGeneratedOnce(t *testing.T) {
	t.Parallel()
	eachWritable(t, func(t *testing.T, b *blob.Bucket) {
		var made atomic.Int64
		f := wrapper.Materialized(thumbnail(&made, new(atomic.Bool)), b, "cache/t")
		resp, err := f.Fetch(t.Context(), wrapper.Request{Head: true})
		require.NoError(t, err)
		assert.EqualValues(t, wrapper.UnknownSize, resp.Info.Size)
		assert.Zero(t, made.Load(), "HEAD generates nothing")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				got, err := fetchAll(t, f, wrapper.Request{})
				assert.NoError(t, err)
				assert.Equal(t, digits, string(got))
			})
		}
		all.Wait()
		assert.Equal(t, int64(1), made.Load())

		resp, err = f.Fetch(t.Context(), wrapper.Request{Range: "bytes=-3"})
		require.NoError(t, err)
		assert.Equal(t, http.StatusPartialContent, resp.Status)
		assert.Equal(t, "image/webp", resp.Info.ContentType)
		require.NoError(t, resp.Close())
		again, err := f.Fetch(t.Context(), wrapper.Request{IfNoneMatch: resp.Info.ETag})
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotModified, again.Status)
		r := f.Reader(t.Context())
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, digits, string(got))
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
		f := wrapper.Materialized(thumbnail(&made, &fails), b, "cache/t")
		_, err := f.Fetch(t.Context(), wrapper.Request{})
		require.ErrorContains(t, err, "out of memory")
		exists, err := b.Exists(t.Context(), "cache/t")
		require.NoError(t, err)
		assert.False(t, exists)
		fails.Store(false)
		got, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, string(got))
	})
}

// The object is stored although the first client has left, for the second one.
func TestMaterializedContinuesWithoutItsFirstClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := memblob.OpenBucket(nil)
		defer b.Close()
		var made atomic.Int64
		f := wrapper.Materialized(thumbnail(&made, new(atomic.Bool)), b, "k")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		var first sync.WaitGroup
		first.Go(func() {
			_, err := f.Fetch(ctx, wrapper.Request{})
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		got, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, string(got))
		assert.Equal(t, int64(1), made.Load())
		first.Wait()
	})
}

func TestMaterializedMissingEmptyAndLargeFiles(t *testing.T) {
	t.Parallel()
	b := buckets(t)["mem"]
	_, err := wrapper.Materialized(wrapper.Blob(b, "none"), b, "k").Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	empty, err := wrapper.Materialized(wrapper.Bytes("e", nil), b, "empty").Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, empty.Status)
	assert.Nil(t, empty.Body)
	large := bytes.Repeat([]byte(digits), 100_000)
	got, err := fetchAll(t, wrapper.Materialized(wrapper.Bytes("l", large), b, "large"), wrapper.Request{})
	require.NoError(t, err)
	assert.True(t, bytes.Equal(large, got))
}

// Materialized content that is not stored yet has no validator: the stored object will have another one.
func TestMaterializedHasNoValidatorOfItsSource(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.NoError(t, b.WriteAll(t.Context(), "source", []byte("content"), nil))
	f := wrapper.Materialized(wrapper.Blob(b, "source"), b, "kept")
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
