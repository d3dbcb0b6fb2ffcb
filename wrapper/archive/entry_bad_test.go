package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

const secret = "secret content"

// patched returns a copy of an archive with bytes replaced, at an offset from the n-th occurrence of a mark.
func patched(raw []byte, mark string, n, off int, value ...byte) []byte {
	b := bytes.Clone(raw)
	at := -1
	for range n {
		at += 1 + bytes.Index(b[at+1:], []byte(mark))
	}
	copy(b[at+off:], value)
	return b
}

const (
	localMark   = "PK\x03\x04"
	centralMark = "PK\x01\x02"
	endMark     = "PK\x05\x06"
)

// entryError returns the error of reading a file of an archive.
func entryError(t *testing.T, r *archive.Reader, raw []byte, name string) error {
	t.Helper()
	_, got, err := get(t, r.Entry(wrapper.Bytes("a.zip", raw), name), wrapper.Request{})
	if err == nil {
		assert.Equal(t, secret, got)
	}
	return err
}

func TestDamagedArchiveIsAnError(t *testing.T) {
	t.Parallel()
	plain := zipOf(t, [2]string{"a", secret}, [2]string{"b", secret})
	known := rawZip(t, header("a", secret), secret) // without a descriptor
	far := []byte{0xff, 0xff, 0xff, 0x7f}
	for name, raw := range map[string][]byte{
		"empty":                              {},
		"no archive":                         []byte(strings.Repeat("x", 1000)),
		"truncated end":                      plain[:len(plain)-1],
		"bytes after the end":                append(bytes.Clone(plain), 'x'),
		"offset of the directory outside":    patched(plain, endMark, 1, 16, far...),
		"length of the directory outside":    patched(plain, endMark, 1, 12, far...),
		"more entries than fit":              patched(plain, endMark, 1, 10, 0xff, 0x7f),
		"fewer entries than there are":       patched(plain, endMark, 1, 10, 1, 0),
		"no directory header":                patched(plain, centralMark, 1, 0, 'x'),
		"directory entry is truncated":       patched(plain, centralMark, 2, 28, 0xff),
		"offset of a file outside":           patched(plain, centralMark, 1, 42, far...),
		"length of a file outside":           patched(plain, centralMark, 1, 20, far...),
		"two files overlap":                  patched(plain, centralMark, 2, 42, 20, 0, 0, 0),
		"two files are one":                  patched(plain, centralMark, 2, 42, 0, 0, 0, 0),
		"file overlaps the directory":        patched(plain, centralMark, 2, 20, 200, 0, 0, 0, 200, 0, 0, 0),
		"stored file of two lengths":         patched(plain, centralMark, 1, 24, 1),
		"no local header":                    patched(known, localMark, 1, 0, 'x'),
		"another name in the local header":   patched(known, localMark, 1, 30, 'z'),
		"another method in the local header": patched(known, localMark, 1, 8, 8),
		"another length in the local header": patched(known, localMark, 1, 18, 1),
		"another size in the local header":   patched(known, localMark, 1, 22, 1),
		"another CRC in the local header":    patched(known, localMark, 1, 14, 1, 1, 1, 1),
		"local header without an end":        patched(known, localMark, 1, 28, 0xff, 0xff),
		"Zip64 record of another length":     patched(zip64(t), "PK\x06\x06", 1, 4, 45),
		"two end records that differ":        patched(zip64OfASmallArchive(t), endMark, 1, 10, 2),
		"Zip64 offset outside":               patched(zip64(t), "PK\x06\x06", 1, 55, 0x7f),
		"more Zip64 entries than there are":  patched(zip64(t), "PK\x06\x06", 1, 32, 2),
		"fewer Zip64 entries than there are": patched(zip64(t), "PK\x06\x06", 1, 32, 0),
		"no content":                         patched(zipOf(t, [2]string{"a.gz", secret}), centralMark, 1, 20, 0, 0, 0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "a"
			if name == "no content" {
				file = "a.gz"
			}
			err := entryError(t, new(archive.Reader), raw, file)
			require.ErrorIs(t, err, archive.ErrFormat)
			require.NotErrorIs(t, err, fs.ErrNotExist)
		})
	}
}

func TestCorruptedContentFailsTheTransfer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(secret, 1000)
	for _, name := range []string{"a", "a.gz"} {
		raw := zipOf(t, [2]string{name, long})
		wrongCRC := patched(raw, centralMark, 1, 16, 1, 2, 3, 4)
		_, got, err := get(t, archive.Entry(wrapper.Bytes("a.zip", wrongCRC), name), wrapper.Request{})
		require.ErrorIs(t, err, wrapper.ErrChecksum, name)
		assert.Equal(t, long, got)
	}
	raw := zipOf(t, [2]string{"a.gz", long})
	for _, tc := range []struct {
		name string
		raw  []byte
	}{
		{"longer than stated", patched(raw, centralMark, 1, 24, 9, 0, 0, 0)},
		{"shorter than stated", patched(raw, centralMark, 1, 24, 0xff, 0xff, 0, 0)},
		{"compressed bytes are left", patched(raw, centralMark, 1, 20, raw[bytes.Index(raw, []byte(centralMark))+20]+1)},
		{"compressed bytes are missing", patched(raw, centralMark, 1, 20, raw[bytes.Index(raw, []byte(centralMark))+20]-1)},
		{"damaged", patched(raw, "a.gz", 1, 15, 0xff, 0xff, 0xff)},
	} {
		_, _, err := get(t, archive.Entry(wrapper.Bytes("a.zip", tc.raw), "a.gz"), wrapper.Request{})
		require.Error(t, err, tc.name)
		require.NotErrorIs(t, err, io.EOF, tc.name)
	}
}

func TestUnreadableFilesAreRefused(t *testing.T) {
	t.Parallel()
	method := header("a", secret)
	method.Method = 93 // zstd
	encrypted := header("a", secret)
	encrypted.Flags = 1
	masked := header("a", secret)
	masked.Flags = 1 << 13
	for name, h := range map[string]*zip.FileHeader{"method": method, "encrypted": encrypted, "masked": masked} {
		raw := rawZip(t, h, secret)
		var r archive.Reader
		require.ErrorIs(t, entryError(t, &r, raw, "a"), errors.ErrUnsupported, name)
		files, err := r.List(t.Context(), wrapper.Bytes("a.zip", raw))
		require.NoError(t, err)
		for info := range files {
			require.ErrorIs(t, info.Err, errors.ErrUnsupported, name)
		}
	}
	disks := patched(rawZip(t, header("a", secret), secret), endMark, 1, 4, 1)
	require.ErrorIs(t, entryError(t, new(archive.Reader), disks, "a"), errors.ErrUnsupported)
	sequential := wrapper.Func("a.zip", func(_ ctx, w io.Writer) error { _, err := w.Write(zipOf(t)); return err })
	_, err := archive.Entry(sequential, "a").Stat(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

func TestExpansionIsLimited(t *testing.T) {
	t.Parallel()
	bomb := zipOf(t, [2]string{"a.gz", strings.Repeat("\x00", 2<<20)}) // 1,000 to 1
	for name, tc := range map[string]struct {
		reader *archive.Reader
		err    string
	}{
		"default ratio": {new(archive.Reader), "exceeds MaxRatio (200)"},
		"ratio":         {&archive.Reader{MaxRatio: 900}, "exceeds MaxRatio (900)"},
		"size":          {&archive.Reader{MaxRatio: -1, MaxSize: 2<<20 - 1}, "2097152 bytes exceeds MaxSize (2097151)"},
		"none":          {&archive.Reader{MaxRatio: -1, MaxSize: -1}, ""},
	} {
		_, err := tc.reader.Entry(wrapper.Bytes("a.zip", bomb), "a.gz").Stat(t.Context())
		if tc.err == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, wrapper.ErrTooLarge, name)
		require.ErrorContains(t, err, tc.err, name)
	}
	small := zipOf(t, [2]string{"a.gz", strings.Repeat("\x00", 1<<20)})
	_, got, err := get(t, archive.Entry(wrapper.Bytes("a.zip", small), "a.gz"), wrapper.Request{})
	require.NoError(t, err, "a short file may expand")
	assert.Len(t, got, 1<<20)
}

func TestStatusOfErrors(t *testing.T) {
	t.Parallel()
	encrypted := header("a", secret)
	encrypted.Flags = 1
	for name, tc := range map[string]struct {
		raw    []byte
		status int
	}{
		"missing":   {zipOf(t), http.StatusNotFound},
		"encrypted": {rawZip(t, encrypted, secret), http.StatusNotImplemented},
		"bomb":      {zipOf(t, [2]string{"a.gz", strings.Repeat("\x00", 2<<20)}), http.StatusBadGateway},
		"damaged":   {[]byte(secret), http.StatusBadGateway},
	} {
		file := "a"
		if name == "bomb" {
			file = "a.gz"
		}
		_, err := archive.Entry(wrapper.Bytes("a.zip", tc.raw), file).Stat(t.Context())
		assert.Equal(t, tc.status, blobdownload.Status(err), name)
	}
}

func TestDirectoryIsLimited(t *testing.T) {
	t.Parallel()
	raw := zipOf(t, [2]string{"a", secret})
	err := entryError(t, &archive.Reader{MaxDirectory: 55}, raw, "a")
	require.ErrorIs(t, err, wrapper.ErrTooLarge)
	require.ErrorContains(t, err, "directory of 56 bytes exceeds MaxDirectory (55)")
	require.NoError(t, entryError(t, &archive.Reader{MaxDirectory: 56}, raw, "a"))
}

// The request after the tail reads the rest of the directory only.
func TestArchiveOf70000Files(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := range 70_000 {
		w, err := z.CreateRaw(header(fmt.Sprintf("dir/%d.txt", i), secret))
		require.NoError(t, err)
		_, err = io.WriteString(w, secret)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	o := newOrigin(t, buf.Bytes())
	var r archive.Reader
	f := o.file(t)
	for _, tc := range []struct{ i, cost int }{{0, 3}, {69_999, 1}, {65_536, 1}} {
		_, got, err := get(t, r.Entry(f, fmt.Sprintf("dir/%d.txt", tc.i)), wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, secret, got)
		assert.Len(t, o.requests(), tc.cost)
	}
	files, err := r.List(t.Context(), f)
	require.NoError(t, err)
	n := 0
	for range files {
		n++
	}
	assert.Equal(t, 70_000, n)
	assert.Empty(t, o.requests())
}

func TestUnusualArchives(t *testing.T) {
	t.Parallel()
	raw := zipOf(t, [2]string{"a", secret})
	comment := append(bytes.Clone(raw[:len(raw)-2]), 0xff, 0xff)
	comment = append(comment, strings.Repeat("c", 0xffff)...)
	shifted := append([]byte("#!/bin/sh\nexec unzip $0\n"), raw...)
	var adjusted bytes.Buffer // its offsets count the bytes before it
	adjusted.WriteString("MZ stub")
	z := zip.NewWriter(&adjusted)
	z.SetOffset(7)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "a"})
	require.NoError(t, err)
	_, err = io.WriteString(w, secret)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for name, raw := range map[string][]byte{
		"Zip64":                      zip64(t),
		"Zip64 of a small archive":   zip64OfASmallArchive(t),
		"Zip64, self-extracting":     append([]byte("#!/bin/sh\n"), zip64(t)...),
		"comment of 65,535 bytes":    comment,
		"self-extracting":            shifted,
		"self-extracting, adjusted":  adjusted.Bytes(),
		"end record in the comment":  commented(raw, "PK\x05\x06 and more"),
		"file replaced by a new one": zipOf(t, [2]string{"a", "old"}, [2]string{"b", "x"}, [2]string{"a", secret}),
	} {
		require.NoError(t, entryError(t, new(archive.Reader), raw, "a"), name)
	}
}

// commented returns an archive with a comment.
func commented(raw []byte, comment string) []byte {
	b := binary.LittleEndian.AppendUint16(bytes.Clone(raw[:len(raw)-2]), uint16(len(comment)))
	return append(b, comment...)
}

func TestOddNamesAreFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"../evil", "/absolute", `C:\x\y`, "a\x00b", "\xff\xfe", "é 文", "", " ", "a//b", strings.Repeat("n", 65_535),
	} {
		raw := rawZip(t, header(name, secret), secret)
		require.NoError(t, entryError(t, new(archive.Reader), raw, name), "%.50q", name)
		require.ErrorIs(t, entryError(t, new(archive.Reader), raw, name+"x"), fs.ErrNotExist)
	}
}
