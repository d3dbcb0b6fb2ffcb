package archive_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

func TestMissingMemberFailsBeforeTheBody(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(100, 10))
	members := append(s.members(100), s.member("none"))
	for kind, f := range map[string]*wrapper.File{"zip": archive.Zip("x", members...), "tar": archive.Tar("x", members...)} {
		for _, req := range []wrapper.Request{{}, {Head: true}, {Range: "bytes=0-9"}} {
			_, err := f.Fetch(t.Context(), req)
			require.ErrorIs(t, err, fs.ErrNotExist)
			require.EqualError(t, err, `stat x: `+kind+`: "none": stat none: file does not exist`)
		}
	}
	assert.Empty(t, opens(s), "no content is read")
}

func TestSkippedMembersAreListed(t *testing.T) {
	t.Parallel()
	s := newStore(map[string]string{"a": "1", "b": "2"})
	members := []archive.Member{s.member("a"), s.member("gone"), s.member("b"), s.member("lost/é")}
	o := archive.Options{SkipMissing: true}
	want := []entry{{"a", "1"}, {"b", "2"}, {"MISSING.txt", "gone\nlost/é\n"}}
	assert.Equal(t, want, unzip(t, fetchAll(t, o.Zip("x", members...))))
	assert.Equal(t, want, untar(t, fetchAll(t, o.Tar("x", members...))))
	assert.Equal(t, want[:2], unzip(t, fetchAll(t, o.Zip("x", members[0], members[2]))), "no list without need")
	o.ManifestName = "a"
	assert.Equal(t, entry{"a (2)", "gone\n"}, unzip(t, fetchAll(t, o.Zip("x", members[:2]...)))[1])

	forbidden := wrapper.Invalid("no", fs.ErrPermission)
	_, err := o.Zip("x", archive.Member{File: forbidden}).Stat(t.Context())
	require.ErrorIs(t, err, fs.ErrPermission, "a failure is not absence")
}

func TestEntityTagIsMadeOfTheMembers(t *testing.T) {
	t.Parallel()
	tag := func(f *wrapper.File) string {
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		return info.ETag
	}
	a, b := text("a", "abc"), text("b", "def")
	weak, dated, none := a, a, archive.Member{Name: "a", File: wrapper.Bytes("a", []byte("abc"))}
	weak.File = none.File.WithInfo(wrapper.Info{Size: 3, ETag: `W/"1"`})
	dated.File = none.File.WithInfo(wrapper.Info{Size: 3, ModTime: modified})
	digest := archive.Member{Name: "a", File: none.File.WithInfo(wrapper.Info{Size: 3, Digests: []wrapper.Digest{
		{Algorithm: "md5", Sum: []byte(strings.Repeat("x", 16))},
	}})}
	packed := a
	packed.Deflate = true
	renamed := a
	renamed.Name = "c"
	version := a
	version.File = a.File.WithInfo(wrapper.Info{Size: 3, Version: "7"})
	tags := map[string]bool{}
	for _, f := range []*wrapper.File{
		archive.Zip("x", a, b), archive.Zip("x", b, a), archive.Zip("x", a), archive.Tar("x", a), archive.Zip("x"),
		archive.Zip("x", renamed), archive.Zip("x", version), archive.Zip("x", digest), archive.Zip("x", withCRC("a", "abc")),
	} {
		got := tag(f)
		assert.Regexp(t, `^"[0-9a-f]{32}"$`, got)
		assert.False(t, tags[got], "not unique")
		tags[got] = true
	}
	assert.Equal(t, tag(archive.Zip("x", a, b)), tag(archive.Zip("y", a, b)), "stable, also over names of the archive")
	for _, m := range []archive.Member{weak, dated, packed} {
		assert.Regexp(t, `^W/"[0-9a-f]{32}"$`, tag(archive.Zip("x", a, m)))
	}
	assert.Empty(t, tag(archive.Zip("x", a, none)))
}

func TestPreconditionsOfAnArchiveReadNoContent(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(3, 10))
	f := archive.Zip("x", s.members(3)...)
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	for status, req := range map[int]wrapper.Request{
		http.StatusNotModified:                  {IfNoneMatch: info.ETag},
		http.StatusPreconditionFailed:           {IfMatch: `"other"`},
		http.StatusRequestedRangeNotSatisfiable: {Range: "bytes=100000-"},
	} {
		resp, err := f.Fetch(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, status, resp.Status)
		require.NoError(t, resp.Close())
	}
	assert.Empty(t, opens(s))
}

// Metadata of the application spares the description.
func TestKnownMembersAreNotDescribed(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(3, 10))
	members := s.members(3)
	for i := range members {
		members[i].File = members[i].File.WithInfo(infoOf(s.objects[members[i].Name]))
	}
	fetchAll(t, archive.Zip("x", members...))
	assert.Len(t, s.log(), 3)
}

// Z1: an object that is stored under gzip does not become an entry of coded bytes under the plain name.
func TestZ1CodedMemberFailsTheArchive(t *testing.T) {
	t.Parallel()
	b := memBucket(t, nil)
	require.NoError(t, b.WriteAll(t.Context(), "a.txt", []byte("coded"), &blob.WriterOptions{ContentEncoding: "gzip"}))
	for _, deflate := range []bool{false, true} {
		_, err := archive.Zip("a.zip", archive.Member{File: b.File("a.txt"), Deflate: deflate}).Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, `zip: "a.txt": stored with Content-Encoding "gzip"`)
	}
	known := wrapper.New("a.txt", codedSource{}).WithInfo(wrapper.Info{Size: 5}) // described by its response alone
	_, err := fetch(t, archive.Zip("a.zip", archive.Member{File: known}), wrapper.Request{})
	require.ErrorContains(t, err, `stored with Content-Encoding "gzip"`)
}

// codedSource is a Fetcher's kind of source: its reader has the metadata.
type codedSource struct{}

func (codedSource) Stat(context.Context) (wrapper.Info, error) { return codedInfo, nil }

func (codedSource) Open(context.Context, int64, int64) (io.ReadCloser, error) {
	r := &objectReader{info: codedInfo}
	r.Reset("coded")
	return r, nil
}

var codedInfo = wrapper.Info{Size: 5, ContentEncoding: "gzip"}

func TestTarOfUnknownLengthIsRefused(t *testing.T) {
	t.Parallel()
	made := wrapper.Func("made", func(context.Context, io.Writer) error { return nil })
	_, err := archive.Tar("x", archive.Member{File: made}).Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, `tar: "made": member of unknown length`)
	_, err = archive.Zip("x", archive.Member{Name: "n"}).Stat(t.Context())
	require.ErrorContains(t, err, `"n": member without a File`)
}

func TestWrongCRCOfTheApplicationFailsTheDownload(t *testing.T) {
	t.Parallel()
	for _, deflate := range []bool{false, true} {
		m := withCRC("a", "abc")
		m.Deflate = deflate
		m.File = m.File.WithInfo(wrapper.Info{Size: 3, Digests: crcOf("other")})
		_, err := fetch(t, archive.Zip("x", m), wrapper.Request{})
		require.ErrorIs(t, err, wrapper.ErrChecksum)
	}
}
