package wrapper_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// unpack reads an archive, with its directory, and verifies every checksum.
func unpack(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	got := map[string]string{}
	for _, e := range z.File {
		r, err := e.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		got[e.Name] = string(content)
	}
	return got
}

func TestZipContainsEveryFile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 10_000)
	b := buckets(t)["mem"]
	require.NoError(t, b.WriteAll(t.Context(), "in/report.txt", []byte(long), nil))
	f := wrapper.Zip("all.zip",
		wrapper.ZipEntry{File: wrapper.Blob(b, "in/report.txt")},
		wrapper.ZipEntry{Name: "dir/é 文.txt", File: wrapper.Bytes("x", []byte("bytes")), Deflate: true},
		wrapper.ZipEntry{Name: "empty", File: wrapper.Bytes("x", nil)},
		wrapper.ZipEntry{Name: "made", File: wrapper.Func("x", func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "made")
			return err
		})},
	)
	got, err := fetchAll(t, f, wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"report.txt": long, "dir/é 文.txt": "bytes", "empty": "", "made": "made"}, unpack(t, got))
	info, err := f.Stat(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "application/zip", info.ContentType)
	assert.True(t, info.Sequential)
	assert.EqualValues(t, wrapper.UnknownSize, info.Size)
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=5-9"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.Status, "Range is ignored")
	require.NoError(t, resp.Close())
}

// The length is exact.
func TestZipLengthIsKnownFromItsFiles(t *testing.T) {
	t.Parallel()
	for name, entries := range map[string][]wrapper.ZipEntry{
		"one":    {entry("a", 1, time.Time{})},
		"times":  {entry("a", 3, time.Unix(1e9, 5)), entry("b", 7, time.Unix(1e9, 0)), entry("c/d é.txt", 100, time.Time{})},
		"70,000": many(70_000),
		"none":   nil,
	} {
		f := wrapper.Zip("x.zip", entries...)
		got, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err, name)
		assert.EqualValues(t, len(got), f.KnownInfo().Size, name)
		assert.Len(t, unpack(t, got), len(entries), name)
	}
}

// The first file is larger than 4 GiB, so the second has an offset beyond it.
func TestZip64HoldsLargeFiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads 4 GiB")
	}
	var entries []wrapper.ZipEntry
	for i, n := range []int64{1<<32 - 1, 7} {
		entries = append(entries, wrapper.ZipEntry{
			Name: fmt.Sprint(i), File: wrapper.New("z", zeros(n)).WithInfo(wrapper.Info{Size: n}),
		})
	}
	f := wrapper.Zip("x.zip", entries...)
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, struct{ io.Reader }{resp.Body})
	require.NoError(t, err)
	assert.Equal(t, f.KnownInfo().Size, n)
	require.NoError(t, resp.Close())
}

func TestZipFailsWithAMissingOrChangedFile(t *testing.T) {
	t.Parallel()
	b := buckets(t)["mem"]
	require.NoError(t, b.WriteAll(t.Context(), "k", []byte("0123456789"), nil))
	for name, tc := range map[string]struct {
		file *wrapper.File
		err  error
	}{
		"missing": {wrapper.Blob(b, "none"), fs.ErrNotExist},
		"changed": {wrapper.Blob(b, "k").WithInfo(wrapper.Info{Size: 99}), wrapper.ErrChanged},
	} {
		_, err := fetchAll(t, wrapper.Zip("x.zip", entry("a", 5, time.Time{}), wrapper.ZipEntry{Name: "k", File: tc.file}), wrapper.Request{})
		require.ErrorIs(t, err, tc.err, name)
	}
}

func TestZipNamesAreSafe(t *testing.T) {
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
		got, err := fetchAll(t, wrapper.Zip("x.zip", wrapper.ZipEntry{Name: tc.in, File: wrapper.Bytes(tc.in, []byte("x"))}), wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, map[string]string{tc.want: "x"}, unpack(t, got), "%s %q", tc.id, tc.in)
	}
	deep := strings.Repeat(strings.Repeat("x", 255)+"/", 300) + "end" // ZP5
	got, err := fetchAll(t, wrapper.Zip("x.zip", wrapper.ZipEntry{Name: deep, File: wrapper.Bytes("x", []byte("x"))}), wrapper.Request{})
	require.NoError(t, err)
	assert.Len(t, unpack(t, got), 1)

	got, err = fetchAll(t, wrapper.Zip("x.zip", entry("a.txt", 1, time.Time{}), entry("A.TXT", 2, time.Time{}), entry("b/a.txt", 3, time.Time{}),
		entry("./a.txt", 4, time.Time{})), wrapper.Request{})
	require.NoError(t, err)
	sizes := map[string]int{}
	for name, content := range unpack(t, got) {
		sizes[name] = len(content)
	}
	assert.Equal(t, map[string]int{"a.txt": 1, "A (2).TXT": 2, "b/a.txt": 3, "a (3).txt": 4}, sizes)
}

// entry returns an entry of n bytes with a known Size.
func entry(name string, n int64, at time.Time) wrapper.ZipEntry {
	content := bytes.Repeat([]byte("x"), int(n))
	return wrapper.ZipEntry{Name: name, File: wrapper.Bytes("x", content).WithInfo(wrapper.Info{Size: n, ModTime: at})}
}

func many(n int) (all []wrapper.ZipEntry) {
	for i := range n {
		all = append(all, entry(fmt.Sprint(i), 1, time.Time{}))
	}
	return all
}

// zeros is content of that many zero bytes.
type zeros int64

func (z zeros) Stat(context.Context) (wrapper.Info, error) { return wrapper.Info{Size: int64(z)}, nil }

func (z zeros) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	if n < 0 {
		n = int64(z) - off
	}
	return io.NopCloser(io.LimitReader(zeroReader{}, n)), nil
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }
