package archive_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// namesOf returns the names in an archive of members with these names.
func namesOf(t *testing.T, in ...string) (got []string) {
	t.Helper()
	var members []archive.Member
	for _, name := range in {
		members = append(members, archive.Member{Name: name, File: wrapper.Bytes("", []byte("x"))})
	}
	for _, e := range unzip(t, fetchAll(t, archive.Zip("x.zip", members...))) {
		got = append(got, e.name)
	}
	return got
}

func TestNamesAreSafe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ id, in, want string }{
		{"ZP1", "../evil", "evil"},
		{"ZP1", "/abs", "abs"},
		{"ZP1", "x/../../y", "x/y"},
		{"ZP1", "C:x", "C_x"},
		{"ZP2", `..\..\evil.txt`, ".._.._evil.txt"},
		{"ZP4", "a\x00b", "ab"},
		{"ZP4", "", "_"},
		{"ZP4", "///", "_"},
		{"ZP4", "con/nul.txt", "_con/_nul.txt"},
		{"ZP4", "dir. /name. ", "dir/name"},
		{"ZP4", "evil\u202efdp.exe", "evilfdp.exe"},
		{"ZP4", "\xff.txt", "_.txt"},
		{"", "a/b é.txt", "a/b é.txt"},
		{"", "..hidden/...", "..hidden"},
	} {
		assert.Equal(t, []string{tc.want}, namesOf(t, tc.in), "%s %q", tc.id, tc.in)
	}
	long := strings.Repeat("x", 70_000)
	short := namesOf(t, long+".pdf")
	assert.Regexp(t, `^x{100,250}\.pdf$`, short[0])
	deep := strings.Repeat(long[:255]+"/", 300) + "end" // ZP5
	got := namesOf(t, deep)
	require.Len(t, got, 1)
	assert.Less(t, len(got[0]), 1<<16)
	assert.True(t, strings.HasSuffix(got[0], "/end"))
}

func TestZ5CollidingNamesGetNumbers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want []string }{
		"equal":          {[]string{"a.txt", "a.txt", "a.txt"}, []string{"a.txt", "a (2).txt", "a (3).txt"}},
		"number in use":  {[]string{"a (2).txt", "a.txt", "a.txt"}, []string{"a (2).txt", "a.txt", "a (3).txt"}},
		"made equal":     {[]string{"a.txt", "./a.txt", "../a.txt"}, []string{"a.txt", "a (2).txt", "a (3).txt"}},
		"case":           {[]string{"a.txt", "A.TXT", "ÄÖ", "äö"}, []string{"a.txt", "A (2).TXT", "ÄÖ", "äö (2)"}},
		"form":           {[]string{"e\u0301", "\u00e9"}, []string{"e\u0301", "\u00e9 (2)"}},
		"file, then dir": {[]string{"a", "a/b", "A/c"}, []string{"a", "a (2)/b", "a (2)/c"}},
		"dir, then file": {[]string{"a/b", "a", "a/c"}, []string{"a/b", "a (2)", "a/c"}},
		"directories":    {[]string{"Docs/x", "docs/y", "docs/X"}, []string{"Docs/x", "Docs/y", "Docs/X (2)"}},
		"other dir":      {[]string{"x/a", "y/a"}, []string{"x/a", "y/a"}},
	} {
		assert.Equal(t, tc.want, namesOf(t, tc.in...), name)
	}
}

// A search for each number from 2 on would take an hour.
func TestZ4ManyMembersOfOneNameAreLinear(t *testing.T) {
	t.Parallel()
	in := make([]string, 90_000)
	for i := range in {
		in[i] = "a.txt"
	}
	got := namesOf(t, in...)
	assert.Equal(t, "a (90000).txt", got[len(got)-1])
}

// The flag of UTF-8 is set where it matters, so that readers do not guess the encoding.
func TestNamesOutsideOfASCIIAreMarked(t *testing.T) {
	t.Parallel()
	packed := fetchAll(t, archive.Zip("x", text("é", "x"), text("a", "x")))
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	assert.False(t, z.File[0].NonUTF8)
	for i, want := range []uint16{1 << 11, 0} {
		assert.Equal(t, want, z.File[i].Flags&(1<<11), fmt.Sprint(i))
	}
}
