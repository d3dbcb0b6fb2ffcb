package wrapper

import (
	"bytes"
	"context"
	"io"
)

// Bytes returns a file with the content b, which must not be modified afterwards. It has no validators. WithInfo adds a
// modification time or an entity-tag, so that clients can revalidate and resume.
func Bytes(name string, b []byte) *File {
	return New(name, bytesSource(b))
}

type bytesSource []byte

func (s bytesSource) Stat(ctx context.Context) (Info, error) {
	return Info{Size: int64(len(s))}, ctx.Err()
}

func (s bytesSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	off = min(off, int64(len(s)))
	window := s[off:]
	if n >= 0 && n < int64(len(window)) {
		window = window[:n]
	}
	return io.NopCloser(bytes.NewReader(window)), ctx.Err()
}

func (s bytesSource) Local() bool { return true }
