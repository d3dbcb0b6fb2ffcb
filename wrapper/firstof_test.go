package wrapper_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// moving are two storages, and the requests to them in order.
type moving struct {
	of            *wrapper.FirstOf
	newer, older  *wrapper.Bucket
	mu            sync.Mutex
	got           []string
	newStoreFails error
}

func newMoving(t *testing.T) *moving {
	m := &moving{
		of:    &wrapper.FirstOf{},
		newer: wrapper.NewBucket(memblob.OpenBucket(nil)), older: wrapper.NewBucket(memblob.OpenBucket(nil)),
	}
	t.Cleanup(func() { _ = m.newer.Close(); _ = m.older.Close() })
	return m
}

// files returns the object of each storage.
func (m *moving) files(key string) []*wrapper.File {
	count := func(name string, b *wrapper.Bucket, fails *error) *wrapper.File {
		return b.File(key).WithStore(name).WithReadOptions(wrapper.ReadOptions{Retries: -1}).WithAdmission(func(ctx) (func(), error) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.got = append(m.got, name)
			return func() {}, *fails
		})
	}
	return []*wrapper.File{count("new", m.newer, &m.newStoreFails), count("old", m.older, new(error))}
}

func (m *moving) file(key string) *wrapper.File { return m.of.File(m.files(key)...) }

// requests returns the storages that were requested since the last call.
func (m *moving) requests() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := strings.Join(m.got, " ")
	m.got = nil
	return got
}

func (m *moving) put(t *testing.T, b *wrapper.Bucket, content string) {
	t.Helper()
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte(content), nil))
}

// get downloads the object, and returns its content and tag.
func (m *moving) get(t *testing.T, req wrapper.Request) (status int, content, etag string) {
	t.Helper()
	resp, err := m.file("k").Fetch(t.Context(), req)
	if errors.Is(err, fs.ErrNotExist) {
		return 404, "", ""
	}
	require.NoError(t, err)
	if resp.Body != nil {
		content = readAll(t, resp.Body)
	}
	return resp.Status, content, resp.Info.ETag
}

// An object moves: each step shows what a request reads, and which storages it reads it from. The portable API of these
// buckets makes two requests, one for metadata.
func TestFirstOfFollowsAnObjectThatMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMoving(t)
		want := func(status int, content, requests, why string) {
			t.Helper()
			gotStatus, got, _ := m.get(t, wrapper.Request{})
			assert.Equal(t, status, gotStatus, why)
			assert.Equal(t, content, got, why)
			assert.Equal(t, requests, m.requests(), why)
		}
		want(404, "", "new old", "every absence is confirmed")
		m.put(t, m.older, "old content")
		want(200, "old content", "old old", "the absence from the new storage is remembered")
		time.Sleep(10 * time.Second)
		want(200, "old content", "new old old", "for ten seconds")
		m.put(t, m.newer, "new content")
		want(200, "old content", "old old", "an object of another program stays unseen")
		m.of.Forget(m.files("k")...)
		want(200, "new content", "new new", "one of this program is seen at once")
		require.NoError(t, m.older.Delete(t.Context(), "k"))
		want(200, "new content", "new new", "")
		require.NoError(t, m.newer.Delete(t.Context(), "k"))
		want(404, "", "new old", "an object that is gone")
		m.put(t, m.newer, "again")
		want(200, "again", "old new new", "no remembered absence makes a 404")
	})
}

// A write may be the first use of a FirstOf, at the same time as a request.
func TestFirstOfForgetsAtTheFirstRequest(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.put(t, m.older, "old content")
	files := m.files("k")
	var wg sync.WaitGroup
	wg.Go(func() { m.of.Forget(files...) })
	wg.Go(func() { _, _ = m.of.File(files...).Stat(t.Context()) })
	wg.Wait()
	_, content, _ := m.get(t, wrapper.Request{})
	assert.Equal(t, "old content", content)
}

func TestFirstOfRemembersNothingWithANegativeMissTTL(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.of.MissTTL = -1
	m.put(t, m.older, "old content")
	for range 3 {
		_, content, _ := m.get(t, wrapper.Request{})
		assert.Equal(t, "old content", content)
		assert.Equal(t, "new old old", m.requests())
	}
}

// A storage that fails is no reason to serve what another one holds.
func TestFirstOfFailsWithItsStorage(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{
		"down":      errors.New("storage is down"),
		"forbidden": fs.ErrPermission,
		"busy":      wrapper.ErrBusy,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMoving(t)
			m.newStoreFails = cause
			m.put(t, m.older, "old content")
			_, err := m.file("k").Fetch(t.Context(), wrapper.Request{})
			require.ErrorIs(t, err, cause)
			_, err = m.file("k").Stat(t.Context())
			require.ErrorIs(t, err, cause)
			_, err = m.file("k").Resolve(t.Context())
			require.ErrorIs(t, err, cause)
			assert.Equal(t, "new new new", m.requests())
		})
	}
}

// Both storages have an object of one length and one entity-tag, with different content.
func TestFirstOfTagsNameTheStorage(t *testing.T) {
	t.Parallel()
	newer, older := newCountingSource("NNNNNNNNNN"), newCountingSource("oooooooooo")
	of := &wrapper.FirstOf{}
	both := of.File(wrapper.New("k", newer).WithStore("new store"), wrapper.New("k", older).WithStore("old"))
	only := of.File(wrapper.Invalid("k", fs.ErrNotExist), wrapper.New("k", older).WithStore("old"))
	tagOf := func(f *wrapper.File) string {
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		return info.ETag
	}
	oldTag, newTag := tagOf(only), tagOf(both)
	assert.Equal(t, `"old:v1"`, oldTag)
	assert.Equal(t, `"new+store:v1"`, newTag)
	for _, tt := range []struct {
		name    string
		file    *wrapper.File
		req     wrapper.Request
		status  int
		content string
	}{
		{"own tag", both, wrapper.Request{IfNoneMatch: newTag}, 304, ""},
		{"other storage's tag", both, wrapper.Request{IfNoneMatch: oldTag}, 200, "NNNNNNNNNN"},
		{"a list with the own tag", both, wrapper.Request{IfNoneMatch: oldTag + ", " + newTag}, 304, ""},
		{"the weak own tag", both, wrapper.Request{IfNoneMatch: "W/" + newTag}, 304, ""},
		{"the storage's own form", both, wrapper.Request{IfNoneMatch: `"v1"`}, 200, "NNNNNNNNNN"},
		{"If-Match of the storage's own form", both, wrapper.Request{IfMatch: `"v2", "v1"`}, 412, ""},
		{"resumed by the storage's own form", both, wrapper.Request{Range: "bytes=5-", IfRange: `"v1"`}, 200, "NNNNNNNNNN"},
		{"If-Match of the other storage", both, wrapper.Request{IfMatch: oldTag}, 412, ""},
		{"If-Match of the own storage", both, wrapper.Request{IfMatch: newTag}, 200, "NNNNNNNNNN"},
		{"resumed in the same storage", both, wrapper.Request{Range: "bytes=5-", IfRange: newTag}, 206, "NNNNN"},
		{"resumed in the other storage", both, wrapper.Request{Range: "bytes=5-", IfRange: oldTag}, 200, "NNNNNNNNNN"},
		{"resumed in the first storage after a return", only, wrapper.Request{Range: "bytes=5-", IfRange: oldTag}, 206, "ooooo"},
		{"resumed by date", both, wrapper.Request{Range: "bytes=5-", IfRange: modified.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}, 200, "NNNNNNNNNN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp, err := tt.file.Fetch(t.Context(), tt.req)
			require.NoError(t, err)
			assert.Equal(t, tt.status, resp.Status)
			if tt.content != "" {
				assert.Equal(t, tt.content, readAll(t, resp.Body))
			}
		})
	}
}

// Two keys of one storage have one length and one entity-tag too, such as files with the time of an archive.
func TestFirstOfTagsNameTheKeysOfOneStorage(t *testing.T) {
	t.Parallel()
	newer, older := newCountingSource("NNNNNNNNNN"), newCountingSource("oooooooooo")
	of := &wrapper.FirstOf{}
	before := of.File(wrapper.Invalid("k", fs.ErrNotExist).WithStore("docs"), wrapper.New("k", older).WithStore("docs"))
	resp, err := before.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-4"})
	require.NoError(t, err)
	assert.Equal(t, "ooooo", readAll(t, resp.Body))

	after := of.File(wrapper.New("k", newer).WithStore("docs"), wrapper.New("k", older).WithStore("docs"))
	resumed, err := after.Fetch(t.Context(), wrapper.Request{Range: "bytes=5-", IfRange: resp.Info.ETag})
	require.NoError(t, err)
	assert.Equal(t, 200, resumed.Status)
	assert.Equal(t, "NNNNNNNNNN", readAll(t, resumed.Body))
	again, err := before.Fetch(t.Context(), wrapper.Request{Range: "bytes=5-", IfRange: resp.Info.ETag})
	require.NoError(t, err)
	assert.Equal(t, 206, again.Status)
	assert.Equal(t, "ooooo", readAll(t, again.Body))
}

// The object moves between two parts of one response.
func TestFirstOfNeverMixesStorages(t *testing.T) {
	t.Parallel()
	newer, older := newCountingSource(strings.Repeat("N", 9000)), newCountingSource(strings.Repeat("o", 9000))
	missing := true
	gate := wrapper.New("k", newer).WithAdmission(func(ctx) (func(), error) {
		if missing {
			return nil, fs.ErrNotExist
		}
		return func() {}, nil
	})
	f := (&wrapper.FirstOf{}).File(gate, wrapper.New("k", older))
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=0-1,8998-8999"})
	require.NoError(t, err)
	require.Len(t, resp.Ranges, 2)
	assert.Equal(t, "oo", readAll(t, resp.Body))
	missing = false
	_, err = resp.Part(1)
	require.ErrorIs(t, err, wrapper.ErrChanged)

	r := f.Reader(t.Context())
	defer r.Close()
	_, err = io.ReadFull(r, make([]byte, 2))
	require.NoError(t, err)
	missing = true
	_, err = r.ReadAt(make([]byte, 2), 5)
	require.ErrorIs(t, err, wrapper.ErrChanged)
}

// Optimizers are given the file that has the content. Its metadata is requested once.
func TestFirstOfResolvesToTheFileThatExists(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMoving(t)
		resolve := func() string {
			f, err := m.file("k").Resolve(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "k", f.Name())
			return f.Location().Store
		}
		assert.Empty(t, resolve(), "nothing to refer to")
		m.requests()
		m.put(t, m.older, "old content")
		assert.Equal(t, "old", resolve())
		assert.Equal(t, "old", m.requests())
		assert.Equal(t, "old", resolve())
		assert.Empty(t, m.requests())
		m.put(t, m.newer, "new content")
		time.Sleep(9*time.Second + time.Millisecond)
		assert.Equal(t, "new", resolve(), "a miss about to expire would lead the request elsewhere")
		assert.Equal(t, "new", m.requests())
		require.NoError(t, m.newer.Delete(t.Context(), "k"))
		status, content, _ := m.get(t, wrapper.Request{})
		assert.Equal(t, 200, status)
		assert.Equal(t, "old content", content)
		assert.Equal(t, "old", resolve(), "a missing object is no longer remembered as found")
	})
}

func TestFirstOfOpensAnyWindow(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.put(t, m.older, digits)
	for _, w := range []struct {
		off, n int64
		want   string
	}{{0, -1, digits}, {0, 10, digits}, {3, -1, digits[3:]}, {3, 4, digits[3:7]}, {0, 2, digits[:2]}} {
		r, err := m.file("k").Open(t.Context(), w.off, w.n)
		require.NoError(t, err)
		assert.Equal(t, w.want, readAll(t, r), "%d+%d", w.off, w.n)
	}
	m.put(t, m.older, "")
	r, err := m.file("k").Open(t.Context(), 0, -1)
	require.NoError(t, err)
	assert.Empty(t, readAll(t, r))
	_, err = (&wrapper.FirstOf{}).File().Stat(t.Context())
	require.ErrorContains(t, err, "no files")
	assert.False(t, m.file("k").Local())
	assert.True(t, m.of.File(wrapper.Bytes("a", nil), wrapper.Bytes("b", nil)).Local())
}

// Requests of many clients share what is remembered.
func TestFirstOfIsUsedByManyClients(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.put(t, m.older, digits)
	var clients sync.WaitGroup
	for range 50 {
		clients.Go(func() {
			resp, err := m.file("k").Fetch(context.Background(), wrapper.Request{})
			if assert.NoError(t, err) {
				b, err := io.ReadAll(resp.Body)
				assert.NoError(t, err)
				assert.Equal(t, digits, string(b))
				assert.NoError(t, resp.Close())
			}
		})
	}
	clients.Wait()
}

// A server that ignores Range has windows, as the file has without a FirstOf around it.
func TestFirstOfReadsWindowsOfAServerWithoutRanges(t *testing.T) {
	t.Parallel()
	v := &versions{content: digits, etag: `"1"`}
	f := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Range")
		v.serve(w, r)
	}).file(t)
	first := new(wrapper.FirstOf).File(f)
	r, err := first.Open(t.Context(), 3, 4)
	require.NoError(t, err)
	assert.Equal(t, "3456", readAll(t, r))
	for _, req := range []wrapper.Request{{Range: "bytes=1-2,4-4"}, {Range: "bytes=1-2", IfMatch: `"x", "1"`}} {
		_, want, err := download(t.Context(), f, req)
		require.NoError(t, err)
		req.IfMatch = strings.Replace(req.IfMatch, `"1"`, `"#0:1"`, 1)
		_, got, err := download(t.Context(), first, req)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, got, err := download(t.Context(), wrapper.Section("s", first, 3, 4), wrapper.Request{Range: "bytes=1-2"})
	require.NoError(t, err)
	assert.Equal(t, "45", got)
}
