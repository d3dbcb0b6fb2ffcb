package archive_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

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

// holes writes a file without its zero blocks.
type holes struct{ *os.File }

var zeroBlock [64 << 10]byte

func (h holes) Write(p []byte) (int, error) {
	if bytes.Equal(p, zeroBlock[:len(p)]) {
		_, err := h.Seek(int64(len(p)), io.SeekCurrent)
		return len(p), err
	}
	return h.File.Write(p)
}

// Members and offsets beyond 4 GiB, with and without a known CRC-32. Each program reads 8 GiB.
func TestLargeMembersAreReadByPrograms(t *testing.T) {
	t.Parallel()
	if !*largeFlag {
		t.Skip("reads 8 GiB with each program (flag -large)")
	}
	const large = 1<<32 + 1000
	h := crc32.NewIEEE()
	_, err := io.CopyN(h, zeroReader{}, large)
	require.NoError(t, err)
	members := []archive.Member{
		{Name: "blocks", File: wrapper.New("x", zeros(large))},
		{Name: "after", File: wrapper.Bytes("after", []byte("small"))},
		{Name: "stored", File: wrapper.New("x", zeros(large)).WithInfo(wrapper.Info{Digests: []wrapper.Digest{
			{Algorithm: "crc32", Sum: binary.BigEndian.AppendUint32(nil, h.Sum32())},
		}})},
		{Name: "last", File: wrapper.Bytes("last", []byte("small"))},
	}
	for _, f := range []*wrapper.File{archive.Zip("x.zip", members...), archive.Tar("x.tar", members...)} {
		path := filepath.Join(t.TempDir(), f.Name())
		out, err := os.Create(path)
		require.NoError(t, err)
		content := f.Reader(t.Context())
		_, err = io.CopyBuffer(holes{out}, struct{ io.Reader }{content}, make([]byte, len(zeroBlock)))
		_ = content.Close()
		require.NoError(t, err)
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		require.NoError(t, out.Truncate(info.Size))
		require.NoError(t, out.Close())
		for _, r := range []struct {
			program, debian string
			args            []string
			zip, tar        bool
		}{
			{"unzip", "unzip", []string{"-tq"}, true, false},
			{"bsdtar", "libarchive-tools", []string{"-xOf"}, true, true},
			{"7zz", "7zip", []string{"t"}, true, true},
			{"tar", "tar", []string{"-xOf"}, false, true},
			{"python3", "python3", []string{testdata(t, "unpack.py")}, true, true},
			{"java", "default-jdk-headless", []string{testdata(t, "Unzip.java")}, true, false},
		} {
			if f.Name() == "x.zip" && !r.zip || f.Name() == "x.tar" && !r.tar {
				continue
			}
			t.Run(r.program+" "+f.Name(), func(t *testing.T) {
				cmd := exec.CommandContext(t.Context(), program(t, r.program, r.debian), append(r.args, path)...)
				var problems bytes.Buffer
				cmd.Stdout, cmd.Stderr = io.Discard, &problems
				assert.NoError(t, cmd.Run(), problems.String())
			})
		}
	}
}
