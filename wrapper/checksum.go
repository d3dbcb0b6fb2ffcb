package wrapper

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
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
	{"md5", md5.New}, // the only one of some storages; it detects corruption, not an attack
}

// checksum computes the digest of the bytes read, to be compared with the storage's.
type checksum struct {
	hash.Hash
	want []byte
	got  [sha256.Size]byte // buffer of Sum
}

// checksumOf returns the cheapest of the storage's checksums, or nil.
func checksumOf(digests []Digest) *checksum {
	for _, c := range checksums {
		for _, d := range digests {
			if d.Algorithm == c.algorithm {
				return &checksum{Hash: c.hash(), want: d.Sum}
			}
		}
	}
	return nil
}

func (c *checksum) confirm() error {
	if !bytes.Equal(c.Sum(c.got[:0]), c.want) {
		return ErrChecksum
	}
	return nil
}
