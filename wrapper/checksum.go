package wrapper

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"
	"hash/crc32"
	"sync"

	"github.com/minio/crc64nvme"
)

// ErrChecksum is the error of content that does not have the checksum that the storage holds of it.
var ErrChecksum = errors.New("content does not match its checksum")

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// checksums are the algorithms that verify a whole body, the cheapest first.
var checksums = []struct {
	algorithm string
	hash      func() hash.Hash
}{
	{"crc32c", func() hash.Hash { return crc32.New(castagnoli()) }},
	{"crc32", func() hash.Hash { return crc32.NewIEEE() }},
	{"crc64nvme", func() hash.Hash { return crc64nvme.New() }}, // the default of S3; hash/crc64 takes a second a GiB
	{"sha-256", sha256.New},
	{"sha", sha1.New},
	{"sha-512", sha512.New},
	{"md5", md5.New}, // the only one of some storages; it detects corruption, not an attack
}

// verifier compares a whole body with a checksum of the storage.
type verifier interface {
	// write adds the next bytes of the body. An error makes the body fail.
	write(ctx context.Context, p []byte) error

	// confirm returns the name of the checksum that the body matches, or "" for a body that cannot be verified. Its
	// error is ErrChecksum, or the failure of a request.
	confirm(ctx context.Context) (verified string, err error)
}

// verifier returns the cheapest verifier of content with this metadata, or nil.
func (f *File) verifier(info *Info) verifier {
	if len(info.Digests) == 0 {
		return nil
	}
	for _, c := range checksums {
		for _, d := range info.Digests {
			if d.Algorithm == c.algorithm {
				return &checksum{Hash: c.hash(), algorithm: c.algorithm, want: d.Sum}
			}
		}
	}
	return f.compositeVerifier(info)
}

// selfVerified is the verifier of a body around another one, which verifies itself.
type selfVerified struct{ inner *body }

func (selfVerified) write(context.Context, []byte) error { return nil }

func (s selfVerified) confirm(context.Context) (string, error) { return s.inner.verified, nil }

// checksum is the verifier of a checksum of the whole content.
type checksum struct {
	hash.Hash
	algorithm string
	want      []byte
	got       [sha512.Size]byte // buffer of Sum
}

func (c *checksum) write(_ context.Context, p []byte) error {
	_, err := c.Write(p)
	return err
}

func (c *checksum) confirm(context.Context) (string, error) {
	if !bytes.Equal(c.Sum(c.got[:0]), c.want) {
		return "", ErrChecksum
	}
	return c.algorithm, nil
}
