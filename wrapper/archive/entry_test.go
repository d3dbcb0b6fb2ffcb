package archive_test

import (
	"hash/crc32"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

func TestEntryKeepsTheContract(t *testing.T) {
	t.Parallel()
	for size, content := range map[string]string{
		"empty": "", "small": "0123456789abcdef", "large": strings.Repeat("0123456789abcdef!", 20<<10),
	} {
		raw := zipOf(t, [2]string{"first", "x"}, [2]string{"dir/a.txt", content}, [2]string{"dir/a.gz", content}, [2]string{"last.gz", "y"})
		bucket := storagetest.NewBucket(t, storagetest.Objects{"a.zip": string(raw)})
		for kind, f := range map[string]*wrapper.File{
			"bytes": wrapper.Bytes("a.zip", raw), "bucket": bucket.File("a.zip"), "URL": newOrigin(t, raw).file(t),
			"directory": storagetest.NewDirBucket(t, storagetest.Objects{"a.zip": string(raw)}).File("a.zip"),
		} {
			for _, name := range []string{"dir/a.txt", "dir/a.gz"} {
				t.Run(kind+" "+size+" "+name, func(t *testing.T) {
					t.Parallel()
					assert.NoError(t, storagetest.TestFile(archive.Entry(f, name), []byte(content)))
				})
			}
			require.NoError(t, storagetest.TestFile(archive.Entry(f, "none"), nil), kind)
			require.NoError(t, storagetest.TestFile(archive.Entry(f, "dir/"), nil), kind)
		}
	}
}

// The number of requests is the number of lines.
func TestEntryCostsTwoRequestsColdAndOneWarm(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 1000)
	o := newOrigin(t, zipOf(t, [2]string{"a.txt", content}, [2]string{"b.gz", content}))
	var r archive.Reader
	tail := "GET bytes=-262144"
	_, got, err := get(t, r.Entry(o.file(t), "a.txt"), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, content, got)
	requests := o.requests()
	require.Len(t, requests, 2)
	assert.Equal(t, tail, requests[0])

	f := o.file(t)
	for range 2 {
		a := archive.Entry(f, "a.txt") // a Reader of its own
		for _, want := range []int{2, 1} {
			_, got, err = get(t, a, wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, content, got)
			assert.Len(t, o.requests(), want)
		}
	}

	var shared archive.Reader
	for _, tc := range []struct {
		name   string
		req    wrapper.Request
		status int
		want   string
		cost   int
	}{
		{"a.txt", wrapper.Request{Range: "bytes=5000-5004"}, http.StatusPartialContent, "01234", 2},
		{"a.txt", wrapper.Request{Range: "bytes=-3"}, http.StatusPartialContent, "789", 1},
		{"b.gz", wrapper.Request{}, http.StatusOK, content, 1},
		{"b.gz", wrapper.Request{Range: "bytes=-3"}, http.StatusOK, content, 1},
		{"a.txt", wrapper.Request{Head: true}, http.StatusOK, "", 0},
		{"a.txt", wrapper.Request{IfNoneMatch: "*"}, http.StatusNotModified, "", 0},
		{"a.txt", wrapper.Request{Range: "bytes=99999-"}, http.StatusRequestedRangeNotSatisfiable, "", 0},
	} {
		status, got, err := get(t, shared.Entry(f, tc.name), tc.req)
		require.NoError(t, err)
		assert.Equal(t, tc.status, status)
		assert.Equal(t, tc.want, got)
		assert.Len(t, o.requests(), tc.cost, "%s %v", tc.name, tc.req)
	}
}

// A request for a window is exactly the window, once the local header was read.
func TestEntryReadsExactlyItsWindow(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, zipOf(t, [2]string{"a.txt", strings.Repeat("x", 100)}, [2]string{"b.txt", "y"}))
	var r archive.Reader
	f := r.Entry(o.file(t), "a.txt")
	var got []string
	for range 2 {
		_, content, err := get(t, f, wrapper.Request{Range: "bytes=10-19"})
		require.NoError(t, err)
		require.Equal(t, "xxxxxxxxxx", content)
		got = append(got, o.requests()...)
	}
	// The header has 30 bytes, the name 5 and the time 9. The first window allows for a descriptor of 16 bytes.
	assert.Equal(t, []string{"GET bytes=-262144", "GET bytes=0-79", "GET bytes=54-63"}, got)
}

func TestEntryOf5GiBArchiveCostsTwoRequestsColdAndOneWarm(t *testing.T) {
	t.Parallel()
	const zero = 5 << 30
	large := largeZip(t, zero)
	require.Greater(t, large.size, int64(zero))
	o := newOrigin(t, nil)
	o.content = large.reader()
	f := o.file(t).WithReadOptions(wrapper.ReadOptions{ReadAhead: 1})
	for name, want := range map[string]string{"before.txt": "content of before.txt", "after.txt": "content of after.txt"} {
		e := archive.Entry(f, name)
		for _, cost := range []int{2, 1} {
			_, got, err := get(t, e, wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, want, got)
			assert.Len(t, o.requests(), cost)
		}
	}
	big := archive.Entry(f, "big.bin")
	info, err := big.Stat(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, zero, info.Size)
	assert.Len(t, o.requests(), 1)
	for _, cost := range []int{2, 1} { // far from the local header, which costs one more request once
		_, got, err := get(t, big, wrapper.Request{Range: "bytes=-4"})
		require.NoError(t, err)
		assert.Equal(t, "\x00\x00\x00\x00", got)
		assert.Len(t, o.requests(), cost)
	}
}

func TestEntryInfo(t *testing.T) {
	t.Parallel()
	raw := zipOf(t, [2]string{"dir/a.txt", "content"}, [2]string{"b.gz", "content"})
	o := newOrigin(t, raw)
	var r archive.Reader
	infos := map[string]wrapper.Info{}
	for _, name := range []string{"dir/a.txt", "b.gz"} {
		f := r.Entry(o.file(t), name)
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 7, info.Size)
		assert.Equal(t, packedAt, info.ModTime.UTC())
		assert.Regexp(t, `^"[0-9a-f]{32}"$`, info.ETag)
		assert.Equal(t, wrapper.Location{}, f.Location(), "an optimizer must not offload the archive")
		infos[name] = info
	}
	assert.NotEqual(t, infos["dir/a.txt"].ETag, infos["b.gz"].ETag)
	assert.False(t, infos["dir/a.txt"].Sequential)
	assert.True(t, infos["b.gz"].Sequential)
	assert.Equal(t, "a.txt", r.Entry(o.file(t), "dir/a.txt").Base())

	o.replace(raw, `W/"weak"`)
	weak, err := archive.Entry(o.file(t), "b.gz").Stat(t.Context())
	require.NoError(t, err)
	assert.Regexp(t, `^W/"[0-9a-f]{32}"$`, weak.ETag)
}

// The remembered directory is that of the old version: its windows must not be read from the new one.
func TestReplacedArchiveIsReadAgain(t *testing.T) {
	t.Parallel()
	first := zipOf(t, [2]string{"a.txt", "first"}, [2]string{"gone", ""})
	second := zipOf(t, [2]string{"b", strings.Repeat("shifted", 10)}, [2]string{"a.txt", "second"})
	o := newOrigin(t, first)
	var r archive.Reader
	f := o.file(t)
	e := r.Entry(f, "a.txt")
	_, got, err := get(t, e, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "first", got)
	old, err := e.Stat(t.Context())
	require.NoError(t, err)
	o.replace(second, `"v2"`)
	o.requests()
	_, got, err = get(t, e, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, "second", got)
	assert.Len(t, o.requests(), 4, "a window of the old version, the directory, a window for the old plan, a window")
	status, got, err := get(t, e, wrapper.Request{Range: "bytes=1-", IfRange: old.ETag})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "second", got)

	o.replace(first, `"v3"`)
	_, _, err = get(t, r.Entry(f, "b"), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// Without a validator in the metadata the file itself is compared.
func TestReplacedLocalArchiveIsReadAgain(t *testing.T) {
	t.Parallel()
	bucket := storagetest.NewDirBucket(t, storagetest.Objects{"a.zip": string(zipOf(t, [2]string{"a.txt", "first"}))})
	e := archive.Entry(bucket.File("a.zip"), "a.txt")
	for _, content := range []string{"first", "other", "third"} {
		require.NoError(t, bucket.WriteAll(t.Context(), "a.zip", zipOf(t, [2]string{"a.txt", content}), nil))
		_, got, err := get(t, e, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, content, got)
	}
}

func TestDirectoryIsRevalidatedAfterMaxAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		raw := zipOf(t, [2]string{"a.txt", "content"})
		bucket := storagetest.NewBucket(t, storagetest.Objects{"a.zip": string(raw)})
		r := archive.Reader{MaxAge: time.Hour}
		e := r.Entry(bucket.File("a.zip"), "a.txt")
		stat := func() (requests int) {
			bucket.Reset()
			_, err := e.Stat(t.Context())
			require.NoError(t, err)
			return bucket.Requests()
		}
		stat()
		assert.Zero(t, stat())
		time.Sleep(time.Hour)
		assert.Equal(t, 1, stat())
		assert.Zero(t, stat())
		require.NoError(t, bucket.WriteAll(t.Context(), "a.zip", zipOf(t, [2]string{"b", ""}), nil))
		assert.Zero(t, stat())
		time.Sleep(time.Hour)
		_, err := e.Stat(t.Context())
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

func TestConcurrentRequestsReadADirectoryOnce(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, zipOf(t, [2]string{"a.txt", "content"}))
	var r archive.Reader
	f := o.file(t)
	done := make(chan error, 50)
	for range cap(done) {
		go func() {
			_, err := r.Entry(f, "a.txt").Stat(t.Context())
			done <- err
		}()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
	assert.Len(t, o.requests(), 1)
}

func TestDirectoriesTakeBoundedMemory(t *testing.T) {
	t.Parallel()
	raw := string(zipOf(t, [2]string{"a.txt", "content"}))
	bucket := storagetest.NewBucket(t, storagetest.Objects{"1": raw, "2": raw, "3": raw})
	r := archive.Reader{MaxMemory: 1500} // two directories
	var costs []int
	for _, key := range []string{"1", "2", "1", "3", "1", "2"} {
		bucket.Reset()
		_, err := r.Entry(bucket.File(key), "a.txt").Stat(t.Context())
		require.NoError(t, err)
		costs = append(costs, min(bucket.Requests(), 1))
	}
	assert.Equal(t, []int{1, 1, 0, 1, 0, 1}, costs)
}

func TestList(t *testing.T) {
	t.Parallel()
	raw := zipOf(t, [2]string{"z/", ""}, [2]string{"z/b.txt", "content"}, [2]string{"../a.gz", strings.Repeat("a", 100)})
	var r archive.Reader
	files, err := r.List(t.Context(), wrapper.Bytes("a.zip", raw))
	require.NoError(t, err)
	got := slices.Collect(files)
	require.Len(t, got, 2)
	assert.Equal(t, archive.EntryInfo{
		Name: "z/b.txt", Size: 7, PackedSize: 7, CRC32: crc32.ChecksumIEEE([]byte("content")), Modified: packedAt,
	}, got[0])
	assert.Equal(t, "../a.gz", got[1].Name)
	assert.EqualValues(t, 100, got[1].Size)
	assert.Less(t, got[1].PackedSize, int64(100))
	for _, info := range got {
		require.NoError(t, info.Err)
	}
	_, err = r.List(t.Context(), wrapper.Bytes("a.zip", raw[:len(raw)-1]))
	require.ErrorIs(t, err, archive.ErrFormat)
	require.ErrorContains(t, err, "read a.zip: ")
	for range files {
		break
	}
}
