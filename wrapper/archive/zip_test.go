package archive_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// withCRC returns a member whose CRC-32 is in its metadata.
func withCRC(name, content string) archive.Member {
	m := text(name, content)
	m.File = m.File.WithInfo(wrapper.Info{Size: int64(len(content)), Digests: crcOf(content)})
	return m
}

// archives are small archives of each kind with the content of their members.
func archives(t *testing.T) map[string]struct {
	file  *wrapper.File
	tar   bool
	want  []entry
	exact bool
} {
	t.Helper()
	b := memBucket(t, map[string]string{"in/report.txt": "report", "empty": ""})
	long := strings.Repeat("0123456789", 20_000)
	members := []archive.Member{
		{File: b.File("in/report.txt")},
		text("dir/é 文.txt", "bytes"),
		{File: b.File("empty")},
		withCRC("dir/known", "known CRC-32"),
		text("long", long),
	}
	want := []entry{{"report.txt", "report"}, {"dir/é 文.txt", "bytes"}, {"empty", ""}, {"dir/known", "known CRC-32"}, {"long", long}}
	generated := archive.Member{Name: "made", File: wrapper.Func("x", func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "made")
		return err
	})}
	deflated := text("dir/é 文.txt", long)
	deflated.Deflate = true
	sized := generated
	sized.File = sized.File.WithInfo(wrapper.Info{Size: 4})
	type kind = struct {
		file  *wrapper.File
		tar   bool
		want  []entry
		exact bool
	}
	return map[string]kind{
		"zip":           {archive.Zip("all.zip", members...), false, want, true},
		"zip small":     {archive.Zip("all.zip", members[:4]...), false, want[:4], true},
		"zip tiny":      {archive.Zip("all.zip", text("a", "abc"), withCRC("b", "de")), false, []entry{{"a", "abc"}, {"b", "de"}}, true},
		"zip none":      {archive.Zip("all.zip"), false, nil, true},
		"zip declared":  {archive.Zip("all.zip", members[0], sized), false, []entry{want[0], {"made", "made"}}, true},
		"zip deflated":  {archive.Zip("all.zip", members[0], deflated), false, []entry{want[0], {"dir/é 文.txt", long}}, false},
		"zip generated": {archive.Zip("all.zip", generated, members[3]), false, []entry{{"made", "made"}, want[3]}, false},
		"tar":           {archive.Tar("all.tar", members...), true, want, true},
		"tar small":     {archive.Tar("all.tar", members[:4]...), true, want[:4], true},
		"tar none":      {archive.Tar("all.tar"), true, nil, true},
		"tar declared":  {archive.Tar("all.tar", members[0], sized), true, []entry{want[0], {"made", "made"}}, true},
	}
}

func TestArchiveContainsEveryMember(t *testing.T) {
	t.Parallel()
	for kind, tc := range archives(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got := fetchAll(t, tc.file)
			if tc.tar {
				assert.Equal(t, tc.want, untar(t, got))
			} else {
				assert.Equal(t, tc.want, unzip(t, got))
			}
			info, err := tc.file.Stat(t.Context())
			require.NoError(t, err)
			if tc.exact {
				assert.EqualValues(t, len(got), info.Size)
			} else {
				assert.EqualValues(t, wrapper.UnknownSize, info.Size)
				assert.True(t, info.Sequential)
			}
		})
	}
}

func TestArchiveKeepsTheContract(t *testing.T) {
	t.Parallel()
	for kind, tc := range archives(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, storagetest.TestFile(tc.file, fetchAll(t, tc.file)))
		})
	}
}

// Every window of a zip of about 300 bytes; those of a tar of 4 KiB at every 28th offset.
func TestEveryWindowOfASmallArchiveIsItsSlice(t *testing.T) {
	t.Parallel()
	for kind, f := range map[string]func(name string, members ...archive.Member) *wrapper.File{"zip": archive.Zip, "tar": archive.Tar} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			members := []archive.Member{text("a/é", "abc"), withCRC("b", "defgh"), text("c", "")}
			file := f("x", members...)
			want := fetchAll(t, file)
			info, err := file.Stat(t.Context())
			require.NoError(t, err)
			step := 1
			if kind == "tar" {
				step = 28
			}
			for off := 0; off < len(want); off += step {
				for n := 1; off+n <= len(want); n += step {
					r, err := file.OpenVersion(t.Context(), info, int64(off), int64(n))
					require.NoError(t, err)
					got, err := io.ReadAll(r)
					require.NoError(t, err)
					require.NoError(t, r.Close())
					require.Equal(t, want[off:off+n], got, "%d bytes from %d", n, off)
				}
			}
		})
	}
}

func TestLengthOfManyMembersIsExact(t *testing.T) {
	t.Parallel()
	var members []archive.Member
	for i := range 70_000 {
		members = append(members, text(fmt.Sprint(i), "x"))
	}
	for kind, f := range map[string]*wrapper.File{"zip": archive.Zip("x", members...), "tar": archive.Tar("x", members...)} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got := fetchAll(t, f)
			info, err := f.Stat(t.Context())
			require.NoError(t, err)
			assert.EqualValues(t, len(got), info.Size)
			if kind == "zip" {
				assert.Len(t, unzip(t, got), len(members))
			} else {
				assert.Len(t, untar(t, got), len(members))
			}
		})
	}
}

func TestZ3TimesOfMembersAreThoseThatTheFormatHas(t *testing.T) {
	t.Parallel()
	day := func(y int) time.Time { return time.Date(y, 6, 15, 10, 20, 30, 0, time.UTC) }
	for name, tc := range map[string]struct{ in, want time.Time }{
		"unknown":  {time.Time{}, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		"ordinary": {day(2025), day(2025)},
		"odd":      {day(2025).Add(time.Second + time.Millisecond), day(2025).Add(time.Second)},
		"1975":     {day(1975), day(1975)},
		"1880":     {day(1880), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		"2050":     {day(2050), day(2050)},
		"2200":     {day(2200), time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := text("a", "x")
			m.File = m.File.WithInfo(wrapper.Info{Size: 1, ModTime: tc.in})
			assert.Equal(t, tc.want, zipTimes(t, fetchAll(t, archive.Zip("x", m)))[0])
			assert.Len(t, untar(t, fetchAll(t, archive.Tar("x", m))), 1)
		})
	}
}
