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

// ErrChecksum says that the bytes received are not those that the storage holds.
var ErrChecksum = errors.New("content does not fit its checksum")

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// checksums are the digests that a whole body is checked by, the cheapest first.
var checksums = []struct {
	algorithm string
	hash      func() hash.Hash
}{
	{"crc32c", func() hash.Hash { return crc32.New(castagnoli()) }},
	{"crc32", func() hash.Hash { return crc32.NewIEEE() }},
	{"crc64nvme", func() hash.Hash { return crc64nvme.New() }}, // what S3 keeps of every object; hash/crc64 takes a second a GiB
	{"sha-256", sha256.New},
	{"md5", md5.New}, // some storages hold no other; it guards against accidents, not against anybody
}

// checksum computes one digest of what passes and knows what it should be.
type checksum struct {
	hash.Hash
	want []byte
	got  [sha256.Size]byte // room for it
}

// checksumOf picks the cheapest digest that a storage holds, or nil.
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
