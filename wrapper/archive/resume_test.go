package archive_test

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// window requests a range, as a client that resumes does.
func window(t *testing.T, f *wrapper.File, off, n int) string {
	t.Helper()
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: fmt.Sprintf("bytes=%d-%d", off, off+n-1), IfRange: info.ETag})
	require.NoError(t, err)
	defer resp.Close()
	require.Equal(t, http.StatusPartialContent, resp.Status)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(got)
}

func TestRandomWindowsAreSlices(t *testing.T) {
	t.Parallel()
	objects := numbered(40, 1000)
	objects["7"], objects["20"] = strings.Repeat("abcdefg", 30_000), strings.Repeat("0123456789", 200_000)
	s := newStore(objects)
	for kind, f := range map[string]*wrapper.File{"zip": archive.Zip("x", s.members(40)...), "tar": archive.Tar("x", s.members(40)...)} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			want := fetchAll(t, f)
			info, err := f.Stat(t.Context())
			require.NoError(t, err)
			for range 2500 {
				off := rand.IntN(len(want))
				n := 1 + rand.IntN(min(len(want)-off, 1<<rand.IntN(18)))
				r, err := f.OpenVersion(t.Context(), info, int64(off), int64(n))
				require.NoError(t, err)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				require.Equal(t, string(want[off:off+n]), string(got), "%d bytes from %d", n, off)
			}
		})
	}
}

// Members and offsets are larger than 4 GiB. Package archive/zip finds the members by the directory.
func TestRandomWindowsOfALargeZipAreSlices(t *testing.T) {
	t.Parallel()
	sizes := []int64{5 << 30, 7, 1<<32 - 1, 1 << 32, 100_000}
	var members []archive.Member
	for i, n := range sizes {
		f := wrapper.New("x", sparse{n, time.Unix(1_700_000_000, 0)})
		crc := []wrapper.Digest{{Algorithm: "crc32", Sum: []byte{1, 2, 3, 4}}} // verified only if the whole member is read
		if n < 1<<20 {
			content, err := io.ReadAll(f.Reader(t.Context()))
			require.NoError(t, err)
			crc = crcOf(string(content))
		}
		members = append(members, archive.Member{Name: fmt.Sprint(i), File: f.WithInfo(wrapper.Info{Digests: crc})})
	}
	f := archive.Zip("x.zip", members...)
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	z, err := zip.NewReader(f.Reader(t.Context()), info.Size)
	require.NoError(t, err)
	require.Len(t, z.File, len(sizes))
	for range 5000 {
		i := rand.IntN(len(sizes))
		require.EqualValues(t, sizes[i], z.File[i].UncompressedSize64)
		at, err := z.File[i].DataOffset()
		require.NoError(t, err)
		off := rand.Int64N(sizes[i])
		got := make([]byte, 1+rand.IntN(int(min(sizes[i]-off, 1000))))
		n, err := f.Reader(t.Context()).ReadAt(got, at+off)
		require.NoError(t, err)
		require.Len(t, got, n)
		want := make([]byte, n)
		_, _ = (&sparseReader{off}).Read(want)
		require.Equal(t, want, got, "entry %d at %d", i, off)
	}
}

func TestWindowReadsOnlyTheMembersUnderIt(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(10, 100))
	f := archive.Tar("x.tar", s.members(10)...)
	want := string(fetchAll(t, f))
	assert.Len(t, s.log(), 2*10, "one description and one read of each member")
	block := 1024 // header and padded content
	got := window(t, f, 3*block+512+40, block)
	assert.Equal(t, want[3*block+512+40:][:block], got)
	var opened []string
	for _, r := range s.log() {
		if strings.HasPrefix(r, "open") {
			opened = append(opened, r)
		}
	}
	assert.ElementsMatch(t, []string{"open 3 40+60", "open 4 0+40"}, opened)
}

func TestAResumedZipReadsUnknownChecksumsOnce(t *testing.T) {
	t.Parallel()
	objects := numbered(6, 4000)
	s := newStore(objects)
	files := func() *wrapper.File { // a new file for each request, as a view returns
		return archive.Options{Checksums: archive.MemoryChecksums(1000)}.Zip("x.zip", s.members(6)...)
	}
	want := string(fetchAll(t, files()))
	s.log()
	at := strings.Index(want, objects["3"]) + 1000 // the content is a single block

	// Without stored checksums, the missing ones are read: 0 to 2, and the beginning of 3.
	assert.Equal(t, want[at:], window(t, files(), at, len(want)-at))
	assert.ElementsMatch(t, []string{
		"open 3 1000+3000", "open 3 0+1000", "open 4", "open 5", "open 0", "open 1", "open 2",
	}, opens(s))

	// A checksum that the window does not contain costs nothing.
	assert.Equal(t, want[at:at+100], window(t, files(), at, 100))
	assert.Equal(t, []string{"open 3 1000+100"}, opens(s))

	// With the checksums of a first download, even of an interrupted one, nothing is read twice.
	o := archive.Options{Checksums: archive.MemoryChecksums(1000)}
	r, err := o.Zip("x.zip", s.members(6)...).Open(t.Context(), 0, -1)
	require.NoError(t, err)
	_, err = io.ReadFull(r, make([]byte, at))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	s.log()
	assert.Equal(t, want[at:], window(t, o.Zip("x.zip", s.members(6)...), at, len(want)-at))
	assert.ElementsMatch(t, []string{"open 3 1000+3000", "open 3 0+1000", "open 4", "open 5"}, opens(s))
	assert.Equal(t, want[at:], window(t, o.Zip("x.zip", s.members(6)...), at, len(want)-at))
	assert.ElementsMatch(t, []string{"open 3 1000+3000", "open 4", "open 5"}, opens(s))
}

func opens(s *store) (all []string) {
	for _, r := range s.log() {
		if strings.HasPrefix(r, "open") {
			all = append(all, r)
		}
	}
	return all
}

func TestBucketChecksumsAreSharedByPrograms(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(3, 1000))
	b := memBucket(t, nil)
	o := archive.Options{Checksums: archive.BucketChecksums(b, "crc/")}
	want := string(fetchAll(t, o.Zip("x.zip", s.members(3)...)))
	s.log()
	o.Checksums = archive.BucketChecksums(wrapper.NewBucket(b.Bucket), "crc/")
	const directory = 3*47 + 22
	assert.Equal(t, want[len(want)-directory:], window(t, o.Zip("x.zip", s.members(3)...), len(want)-directory, directory))
	assert.Empty(t, opens(s))
}

// A store of checksums that fails costs reads, and no download.
func TestChecksumsThatFailAreReadAgain(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(3, 1000))
	for name, c := range map[string]archive.Checksums{
		"errors":  failingChecksums{},
		"garbage": garbageChecksums{},
	} {
		o := archive.Options{Checksums: c}
		want := string(fetchAll(t, o.Zip("x.zip", s.members(3)...)))
		assert.Equal(t, want[100:], window(t, o.Zip("x.zip", s.members(3)...), 100, len(want)-100), name)
	}
}

type failingChecksums struct{}

func (failingChecksums) Load(context.Context, string) ([]byte, error) {
	return nil, io.ErrUnexpectedEOF
}
func (failingChecksums) Save(context.Context, string, []byte) error { return io.ErrUnexpectedEOF }

type garbageChecksums struct{ failingChecksums }

func (garbageChecksums) Load(context.Context, string) ([]byte, error) { return []byte("garbage"), nil }

func TestReplacedMemberFailsTheDownload(t *testing.T) {
	t.Parallel()
	for kind, make := range map[string]func(string, ...archive.Member) *wrapper.File{"zip": archive.Zip, "tar": archive.Tar} {
		for change, content := range map[string]string{"longer": strings.Repeat("x", 101), "shorter": "x", "equal length": strings.Repeat("x", 100)} {
			s := newStore(numbered(20, 100))
			f := make("x", s.members(20)...)
			r, err := f.Open(t.Context(), 0, -1)
			require.NoError(t, err, change)
			s.put("19", content)
			_, err = io.Copy(io.Discard, r)
			require.ErrorIs(t, err, wrapper.ErrChanged, "%s %s", kind, change)
			require.ErrorContains(t, err, kind+`: "19"`)
			require.NoError(t, r.Close())

			before, err := f.Stat(t.Context())
			require.NoError(t, err)
			s.put("0", content+"y")
			after, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=100-", IfRange: before.ETag})
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, after.Status, "the whole new version")
			require.NoError(t, after.Close())
		}
	}
}
