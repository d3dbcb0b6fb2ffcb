package wrapper_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/internal/logtest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The first client reads while the content is generated, and a client that joins reads all of it.
func TestMaterializedIsServedWhileItIsGenerated(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	m := materializer(b)
	goOn := make(chan struct{})
	f := m.File(wrapper.Func("f", func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, digits[:3])
		<-goOn
		_, err := io.WriteString(w, digits[3:])
		return err
	}), "k")
	first, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	begin := make([]byte, 3)
	_, err = io.ReadFull(first.Body, begin)
	require.NoError(t, err)
	assert.Equal(t, digits[:3], string(begin))
	second, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=5-"})
	require.NoError(t, err)
	assert.Equal(t, 200, second.Status, "content of unknown length has no ranges")
	close(goOn)
	rest, err := io.ReadAll(first.Body)
	require.NoError(t, err)
	assert.Equal(t, digits[3:], string(rest))
	assert.Equal(t, digits, readAll(t, second.Body))
	require.NoError(t, first.Close())
	require.NoError(t, m.Shutdown(t.Context()))
}

func TestTwoHundredFirstRequestsRunOneGeneration(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	m := materializer(b)
	var made atomic.Int64
	f := m.File(thumbnail(&made, new(atomic.Bool)), "k")
	var clients sync.WaitGroup
	for range 200 {
		clients.Go(func() {
			_, got, err := download(t.Context(), f, wrapper.Request{})
			assert.NoError(t, err)
			assert.Equal(t, digits, got)
		})
	}
	clients.Wait()
	assert.EqualValues(t, 1, made.Load())
	require.NoError(t, m.Shutdown(t.Context()))
}

// Two programs generate the same content. The bucket keeps what was stored first.
func TestMaterializedKeepsTheObjectThatWasStoredFirst(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	m := materializer(b)
	logger, log := logtest.New()
	m.Logger = logger
	f := m.File(wrapper.Func("f", func(ctx context.Context, w io.Writer) error {
		if err := b.WriteAll(ctx, "k", []byte("of the other program"), nil); err != nil {
			return err
		}
		_, err := io.WriteString(w, digits)
		return err
	}), "k")
	_, got, err := download(t.Context(), f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, got)
	require.NoError(t, m.Shutdown(t.Context()))
	_, got, err = download(t.Context(), f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "of the other program", got)
	assert.Empty(t, log.String())
}

// The stored type is the stated one, or that of the name; HEAD has it before and after.
func TestZ6MaterializedTypeIsNotSniffed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.csv": "text/csv; charset=utf-8", "a.json": "application/json", "a.css": "text/css; charset=utf-8",
		"a.js": "text/javascript; charset=utf-8", "a.svg": "image/svg+xml",
		"a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"a":      "application/octet-stream",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := memblob.OpenBucket(nil)
			defer b.Close()
			m := materializer(b)
			f := m.File(wrapper.Bytes(name, []byte("<html><script>alert(1)</script>")), "k")
			before, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.Equal(t, want, before.ContentType)
			_, _, err = download(t.Context(), f, wrapper.Request{})
			require.NoError(t, err)
			require.NoError(t, m.Shutdown(t.Context()))
			attrs, err := b.Attributes(t.Context(), "k")
			require.NoError(t, err)
			assert.Equal(t, want, attrs.ContentType)
			after, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.Equal(t, want, after.ContentType)
		})
	}
}

func TestZ7MaterializedStreamsWhatTheBucketRefuses(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(t *testing.T, dir string, m *wrapper.Materializer){
		"closed": func(t *testing.T, _ string, m *wrapper.Materializer) { require.NoError(t, m.Bucket.Close()) },
		"a file where the directory was": func(t *testing.T, dir string, _ *wrapper.Materializer) {
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.WriteFile(dir, nil, 0o600))
		},
		"no temporary files": func(t *testing.T, dir string, m *wrapper.Materializer) { m.TempDir = dir + "/none" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "cache")
			require.NoError(t, os.Mkdir(dir, 0o700))
			b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
			require.NoError(t, err)
			m := materializer(b)
			logger, log := logtest.New()
			m.Logger = logger
			breakIt(t, dir, m)
			var made atomic.Int64
			f := m.File(thumbnail(&made, new(atomic.Bool)), "a/k")
			for range 3 {
				_, got, err := download(t.Context(), f, wrapper.Request{})
				require.NoError(t, err)
				assert.Equal(t, digits, got)
			}
			require.NoError(t, m.Shutdown(t.Context()))
			assert.Equal(t, 1, strings.Count(log.String(), "level=WARN"), log.String())
		})
	}
}

func TestZ8ShutdownEndsAGenerationThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := memblob.OpenBucket(nil)
		defer b.Close()
		m := materializer(b)
		var made atomic.Int64
		f := m.File(hanging(&made, nil, true), "k")
		var client sync.WaitGroup
		client.Go(func() {
			_, _, err := download(t.Context(), f, wrapper.Request{})
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, m.Shutdown(ctx), context.DeadlineExceeded)
		client.Wait()
		require.NoError(t, m.Shutdown(t.Context()))

		_, got, err := download(t.Context(), f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, got, "later content is streamed")
		exists, err := b.Exists(t.Context(), "k")
		require.NoError(t, err)
		assert.False(t, exists)
	})
}

func TestZ10MaterializedIsAnObjectLikeAnyOther(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	m := materializer(b)
	m.Store = "cache"
	f := m.File(wrapper.Func("report.txt", func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, digits)
		return err
	}), "r/1")
	before, err := f.Resolve(t.Context())
	require.NoError(t, err)
	assert.Equal(t, wrapper.Location{}, before.Location(), "nothing to refer to yet")
	_, _, err = download(t.Context(), f, wrapper.Request{})
	require.NoError(t, err)
	require.NoError(t, m.Shutdown(t.Context()))
	after, err := f.Resolve(t.Context())
	require.NoError(t, err)
	assert.Equal(t, wrapper.Location{Store: "cache", Bucket: m.Bucket.ID(), Key: "r/1"}, after.Location())
	assert.Equal(t, "report.txt", after.Name())
	require.NoError(t, b.Delete(t.Context(), "r/1"))
	_, got, err := download(t.Context(), f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, got, "a deleted object is generated again")
}

func TestMaterializedIsRevalidatedAfterMaxAge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		etag   string
		made   []int64 // generations after each of three requests that are two hours apart
		change bool
	}{
		{"the validator is the same", `"1"`, []int64{1, 1, 1}, false},
		{"the validator changes", `"1"`, []int64{1, 2, 2}, true},
		{"content without a validator", "", []int64{1, 2, 3}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := memblob.OpenBucket(nil)
				defer b.Close()
				m := materializer(b)
				m.MaxAge = time.Hour
				logger, log := logtest.New()
				m.Logger = logger
				src := &counted{etag: tt.etag}
				f := m.File(wrapper.New("f", src), "k")
				for i, want := range tt.made {
					_, got, err := download(t.Context(), f, wrapper.Request{})
					require.NoError(t, err)
					assert.Equal(t, digits, got)
					synctest.Wait()
					assert.Equal(t, want, src.opened.Load(), "request %d", i)
					if tt.change && i == 0 {
						src.etag = `"2"`
					}
					time.Sleep(2 * time.Hour)
				}
				src.fails.Store(true)
				_, got, err := download(t.Context(), f, wrapper.Request{})
				require.NoError(t, err)
				assert.Equal(t, digits, got, "the old object is served while its source fails")
				require.NoError(t, m.Shutdown(t.Context()))
				assert.Equal(t, 1, strings.Count(log.String(), "level=WARN msg=\"revalidation failed; serving the stored object\""), log.String())
				assert.Equal(t, 1, strings.Count(log.String(), "msg="), log.String())
			})
		})
	}
}

// counted counts how often its content is opened.
type counted struct {
	etag   string
	opened atomic.Int64
	fails  atomic.Bool
}

func (c *counted) Stat(context.Context) (wrapper.Info, error) {
	if c.fails.Load() {
		return wrapper.Info{}, errors.New("source is down")
	}
	return wrapper.Info{Size: int64(len(digits)), ETag: c.etag}, nil
}

func (c *counted) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	c.opened.Add(1)
	return wrapper.Bytes("", []byte(digits)).Open(context.Background(), off, n)
}

func TestMaterializerRequiresABucketAndAKey(t *testing.T) {
	t.Parallel()
	_, err := (&wrapper.Materializer{}).File(wrapper.Bytes("f", nil), "k").Stat(t.Context())
	require.ErrorContains(t, err, "Materializer.Bucket: required")
	_, err = materializer(memblob.OpenBucket(nil)).File(wrapper.Bytes("f", nil), "").Stat(t.Context())
	require.Error(t, err)
}
