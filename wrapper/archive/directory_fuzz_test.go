package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

type ctx = context.Context

// A file that is read without an error is the one that archive/zip reads.
func FuzzDirectory(f *testing.F) {
	plain := zipOf(f, [2]string{"a", "stored"}, [2]string{"b.gz", strings.Repeat("deflated", 50)}, [2]string{"dir/", ""})
	f.Add(plain)
	f.Add(plain[:len(plain)-3])
	f.Add(append([]byte("prefix"), plain...))
	f.Add(commented(plain, "comment"))
	f.Add(rawZip(f, header("a", "known length"), "known length"))
	f.Add(zip64(f))
	f.Add(zip64OfASmallArchive(f))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r archive.Reader
		file := wrapper.Bytes("a.zip", raw)
		files, err := r.List(t.Context(), file)
		if err != nil {
			return
		}
		oracle, oracleErr := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		count := 0
		for info := range files {
			count++
			if count > 20 {
				return
			}
			_, got, err := get(t, r.Entry(file, info.Name), wrapper.Request{})
			if err != nil || oracleErr != nil {
				continue
			}
			last := lastOf(oracle, info.Name)
			require.NotNil(t, last, "%q is not in the directory that archive/zip reads", info.Name)
			rc, err := last.Open()
			if err != nil {
				require.Empty(t, got, "the local header of an empty file need not be read")
				continue
			}
			var want strings.Builder
			if _, err = io.Copy(&want, rc); err != nil {
				require.Contains(t, []error{zip.ErrChecksum, io.ErrUnexpectedEOF}, err, "of a descriptor, which need not be read")
			}
			require.Equal(t, want.String(), got)
		}
	})
}

// lastOf returns the last file of a name.
func lastOf(z *zip.Reader, name string) (last *zip.File) {
	for _, f := range z.File {
		if f.Name == name {
			last = f
		}
	}
	return last
}

// zip64 returns an archive with a Zip64 end record instead of the numbers in the end record.
func zip64(t testing.TB) []byte {
	raw := zipOf(t, [2]string{"a", secret})
	end := raw[len(raw)-22:]
	number := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(end[at:])) }
	record := append([]byte("PK\x06\x06"), make([]byte, 52)...)
	binary.LittleEndian.PutUint64(record[4:], 44)
	binary.LittleEndian.PutUint64(record[24:], 1)
	binary.LittleEndian.PutUint64(record[32:], 1)
	binary.LittleEndian.PutUint64(record[40:], number(12))
	binary.LittleEndian.PutUint64(record[48:], number(16))
	locator := append([]byte("PK\x06\x07"), make([]byte, 16)...)
	binary.LittleEndian.PutUint64(locator[8:], uint64(len(raw)-22))
	locator[16] = 1
	wide := append([]byte(endMark), 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0)
	return slices.Concat(raw[:len(raw)-22], record, locator, wide)
}

// zip64OfASmallArchive returns an archive with a Zip64 end record, and the same numbers in the end record.
func zip64OfASmallArchive(t testing.TB) []byte {
	raw := zipOf(t, [2]string{"a", secret})
	wide := zip64(t)
	return append(wide[:len(wide)-22], raw[len(raw)-22:]...)
}
