package archive_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

var modified = time.Unix(1_700_000_000, 0)

// kind is an archive with the content of its members by their names.
type kind struct {
	file *wrapper.File
	want map[string]string
}

// kinds returns archives of objects of S3 and of content in memory, by the names of their files.
func kinds(t *testing.T) map[string]kind {
	t.Helper()
	b, err := wrapper.OpenBucket(t.Context(), s3server.Start(t).URL(s3server.BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	content := map[string]string{
		"a.txt": strings.Repeat("abc", 100_000), "dir/b é 文.txt": "b", "empty": "", "block": strings.Repeat("x", 65_535),
	}
	var stored, deflated []archive.Member
	for key, text := range content {
		require.NoError(t, b.WriteAll(t.Context(), key, []byte(text), nil))
		m := archive.Member{Name: key, File: b.File(key)}
		stored = append(stored, m)
		m.Deflate = len(text) > 1
		deflated = append(deflated, m)
	}
	known := archive.Member{Name: "known", File: wrapper.Bytes("known", []byte("with a CRC-32")).WithInfo(wrapper.Info{
		ModTime: modified, Size: 13, Digests: []wrapper.Digest{{Algorithm: "crc32", Sum: crcOf("with a CRC-32")}},
	})}
	made := archive.Member{Name: "made", File: wrapper.Func("made", func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, strings.Repeat("made ", 50_000))
		return err
	})}
	unknown := archive.Member{Name: "unknown", File: wrapper.Bytes("unknown", []byte(strings.Repeat("u", 70_000)))}
	stored = append(stored, known, unknown)
	deflated = append(deflated, known, unknown, made)
	with := func(more ...string) map[string]string {
		all := map[string]string{"known": "with a CRC-32", "unknown": strings.Repeat("u", 70_000)}
		maps.Copy(all, content)
		for _, k := range more {
			all[k] = strings.Repeat("made ", 50_000)
		}
		return all
	}
	many := map[string]string{}
	var numbers []archive.Member
	for i := range 70_000 {
		name := fmt.Sprintf("d%d/%d", i%100, i)
		many[name] = name
		numbers = append(numbers, archive.Member{Name: name, File: wrapper.Bytes("n", []byte(name))})
	}
	odd := map[string]string{"a": "1", "a (2)/b": "2", "A (3)": "3", "_con/x_y": "4"}
	names := []archive.Member{
		{Name: "a", File: wrapper.Bytes("", []byte("1"))}, {Name: "/a/../b", File: wrapper.Bytes("", []byte("2"))},
		{Name: "A", File: wrapper.Bytes("", []byte("3"))}, {Name: `con/x\y`, File: wrapper.Bytes("", []byte("4"))},
	}
	return map[string]kind{
		"none.zip":     {archive.Zip("none.zip"), map[string]string{}},
		"one.zip":      {archive.Zip("one.zip", unknown), map[string]string{"unknown": strings.Repeat("u", 70_000)}},
		"stored.zip":   {archive.Zip("stored.zip", stored...), with()},
		"deflated.zip": {archive.Zip("deflated.zip", deflated...), with("made")},
		"many.zip":     {archive.Zip("many.zip", numbers...), many},
		"odd.zip":      {archive.Zip("odd.zip", names...), odd},
		"none.tar":     {archive.Tar("none.tar"), map[string]string{}},
		"stored.tar":   {archive.Tar("stored.tar", stored...), with()},
		"many.tar":     {archive.Tar("many.tar", numbers...), many},
		"odd.tar":      {archive.Tar("odd.tar", names...), odd},
	}
}

func crcOf(content string) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(content)))
}

// Z2: archives are read by their directory and as streams.
func TestZ2ArchivesAreReadByPrograms(t *testing.T) {
	t.Parallel()
	paths := map[string]string{}
	all := kinds(t)
	for name, k := range all {
		paths[name] = save(t, k.file)
	}
	for _, reader := range []struct {
		program, debian string
		args            []string // before the path of the archive
		verify          []string // instead of args for many members; nil if args print a list
		zip, tar        bool
		noEmpty         bool // rejects an archive without members
	}{
		{program: "unzip", debian: "unzip", args: []string{"-q"}, verify: []string{"-tq"}, zip: true, noEmpty: true},
		{program: "bsdtar", debian: "libarchive-tools", args: []string{"-xf"}, verify: []string{"-xOf"}, zip: true, tar: true},
		{program: "7zz", debian: "7zip", args: []string{"x", "-y"}, verify: []string{"t"}, zip: true, tar: true},
		{program: "tar", debian: "tar", args: []string{"-xf"}, verify: []string{"-xOf"}, tar: true},
		{program: "python3", debian: "python3", args: []string{testdata(t, "unpack.py")}, zip: true, tar: true},
		{program: "java", debian: "default-jdk-headless", args: []string{testdata(t, "Unzip.java")}, zip: true},
	} {
		t.Run(reader.program, func(t *testing.T) {
			t.Parallel()
			path := program(t, reader.program, reader.debian)
			for name, k := range all {
				if strings.HasSuffix(name, ".zip") && !reader.zip || strings.HasSuffix(name, ".tar") && !reader.tar ||
					len(k.want) == 0 && reader.noEmpty {
					continue
				}
				args, many := reader.args, len(k.want) > 1000
				if many && reader.verify != nil {
					args = reader.verify
				}
				dir := t.TempDir()
				out := run(t, dir, path, append(slices.Clip(args), paths[name])...)
				switch {
				case reader.verify == nil:
					assert.Equal(t, lines(k.want), sorted(out), name)
				case !many:
					assert.Equal(t, k.want, extracted(t, dir), name)
				}
			}
		})
	}
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	require.NoError(t, err)
	return path
}

// lines returns the output of the scripts, in order.
func lines(want map[string]string) []string {
	var out strings.Builder
	for name, content := range want {
		fmt.Fprintf(&out, "%d %08x %s\n", len(content), crc32.ChecksumIEEE([]byte(content)), name)
	}
	return sorted(out.String())
}

func sorted(out string) []string {
	all := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(all)
	return all
}

// extracted returns the files of a directory.
func extracted(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	root := os.DirFS(dir)
	require.NoError(t, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		all[path] = string(content)
		return err
	}))
	return all
}
