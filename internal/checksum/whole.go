package checksum

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
	"sync"

	"github.com/minio/crc64nvme"
)

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// wholes are the algorithms that verify a whole body, the cheapest first.
var wholes = []struct {
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

// Whole returns the cheapest verifier of a checksum of the whole content, or nil.
func Whole[D digestLike](digests []D) Verifier {
	for _, w := range wholes {
		for _, d := range digests {
			if d := Digest(d); d.Algorithm == w.algorithm {
				return &whole{hash: w.hash(), algorithm: w.algorithm, want: d.Sum}
			}
		}
	}
	return nil
}

// whole is the verifier of a checksum of the whole content.
type whole struct {
	hash      hash.Hash
	algorithm string
	want      []byte
	got       [sha512.Size]byte // buffer of Sum
}

func (w *whole) Write(_ context.Context, p []byte) error {
	_, err := w.hash.Write(p)
	return err
}

func (w *whole) Confirm(context.Context) (string, error) {
	if !bytes.Equal(w.hash.Sum(w.got[:0]), w.want) {
		return "", ErrMismatch
	}
	return w.algorithm, nil
}
