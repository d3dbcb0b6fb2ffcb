package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// entry is a file in an unpacked archive.
type entry struct {
	name, content string
}

// unzip reads a zip archive by its directory, and verifies every checksum.
func unzip(t *testing.T, packed []byte) (all []entry) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	for _, e := range z.File {
		r, err := e.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err, e.Name)
		require.NoError(t, r.Close())
		all = append(all, entry{e.Name, string(content)})
	}
	return all
}

func untar(t *testing.T, packed []byte) (all []entry) {
	t.Helper()
	r := tar.NewReader(bytes.NewReader(packed))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		all = append(all, entry{h.Name, string(content)})
	}
}

// fetch returns the body of a response.
func fetch(t *testing.T, f *wrapper.File, req wrapper.Request) ([]byte, error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), req)
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	if resp.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	b.Grow(int(max(0, resp.Info.Size)))
	_, err = io.Copy(&b, struct{ io.Reader }{resp.Body})
	return b.Bytes(), err
}

func fetchAll(t *testing.T, f *wrapper.File) []byte {
	t.Helper()
	got, err := fetch(t, f, wrapper.Request{})
	require.NoError(t, err)
	return got
}

// text is a member with content in memory and a strong entity-tag.
func text(name, content string) archive.Member {
	return archive.Member{Name: name, File: wrapper.Bytes(name, []byte(content)).WithInfo(wrapper.Info{
		Size: int64(len(content)), ETag: fmt.Sprintf("%q", fmt.Sprintf("%s-%d", name, len(content))),
	})}
}

func memBucket(t *testing.T, objects map[string]string) *wrapper.Bucket {
	t.Helper()
	b := wrapper.NewBucket(memblob.OpenBucket(nil))
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	for key, content := range objects {
		require.NoError(t, b.WriteAll(t.Context(), key, []byte(content), nil))
	}
	return b
}

// sparse is content of any length: the byte at an offset is a function of the offset.
type sparse struct {
	size    int64
	modTime time.Time
}

func (s sparse) Stat(context.Context) (wrapper.Info, error) {
	return wrapper.Info{Size: s.size, ModTime: s.modTime, ETag: fmt.Sprintf(`"%d"`, s.size)}, nil
}

func (s sparse) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	if n < 0 {
		n = s.size - off
	}
	return io.NopCloser(io.LimitReader(&sparseReader{off}, n)), nil
}

type sparseReader struct{ at int64 }

func (r *sparseReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byteAt(r.at + int64(i))
	}
	r.at += int64(len(p))
	return len(p), nil
}

func byteAt(off int64) byte {
	return byte(off) ^ byte(off>>8) ^ byte(off>>16) ^ byte(off>>24) ^ byte(off>>32)
}

// crcOf is the digest that a storage reports.
func crcOf(content string) []wrapper.Digest {
	return []wrapper.Digest{{Algorithm: "crc32", Sum: binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(content)))}}
}

// zipTimes returns the times of the entries.
func zipTimes(t *testing.T, packed []byte) (all []time.Time) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	for _, e := range z.File {
		all = append(all, e.Modified.UTC())
	}
	return all
}

func sum(content string) uint32 { return crc32.ChecksumIEEE([]byte(content)) }
