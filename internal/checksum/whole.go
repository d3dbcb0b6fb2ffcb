package checksum

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"sync"

	"github.com/minio/crc64nvme"
)

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// crcs are the checksums that verify a whole body cheaply, the cheapest first.
var crcs = []struct {
	algorithm string
	size      int // in bytes
	update    func(sum uint64, p []byte) uint64
}{
	{"crc32c", crc32.Size, func(sum uint64, p []byte) uint64 { return uint64(crc32.Update(uint32(sum), castagnoli(), p)) }},
	{"crc32", crc32.Size, func(sum uint64, p []byte) uint64 { return uint64(crc32.Update(uint32(sum), crc32.IEEETable, p)) }},
	{"crc64nvme", crc64nvme.Size, crc64nvme.Update}, // the default of S3; hash/crc64 takes a second a GiB
}

// hashes are the other algorithms that verify a whole body, the cheapest first.
var hashes = []struct {
	algorithm string
	hash      func() hash.Hash
}{
	{"sha-256", sha256.New},
	{"sha", sha1.New},
	{"sha-512", sha512.New},
	{"md5", md5.New}, // the only one of some storages; it detects corruption, not an attack
}

// Whole returns the cheapest verifier of a checksum of the whole content, or nil. It may use room, which is unused memory.
func Whole[D digestLike](digests []D, room *CRC) Verifier {
	for i := range crcs {
		if want, ok := find(digests, crcs[i].algorithm); ok {
			*room = CRC{kind: i, want: want}
			return room
		}
	}
	for _, h := range hashes {
		if want, ok := find(digests, h.algorithm); ok {
			return &wholeHash{hash: h.hash(), algorithm: h.algorithm, want: want}
		}
	}
	return nil
}

func find[D digestLike](digests []D, algorithm string) (sum []byte, ok bool) {
	for _, d := range digests {
		if d := Digest(d); d.Algorithm == algorithm {
			return d.Sum, true
		}
	}
	return nil, false
}

// CRC is the verifier of a CRC of the whole content. [Whole] makes it.
type CRC struct {
	kind int // index of crcs
	sum  uint64
	want []byte
}

// Write adds the next bytes of the body.
func (c *CRC) Write(_ context.Context, p []byte) error {
	c.sum = crcs[c.kind].update(c.sum, p)
	return nil
}

// Confirm compares the CRC of all bytes.
func (c *CRC) Confirm(context.Context) (string, error) {
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], c.sum)
	kind := &crcs[c.kind]
	if !bytes.Equal(sum[len(sum)-kind.size:], c.want) {
		return "", ErrMismatch
	}
	return kind.algorithm, nil
}

// wholeHash is the verifier of a hash of the whole content.
type wholeHash struct {
	hash      hash.Hash
	algorithm string
	want      []byte
	got       [sha512.Size]byte // buffer of Sum
}

func (w *wholeHash) Write(_ context.Context, p []byte) error {
	_, err := w.hash.Write(p)
	return err
}

func (w *wholeHash) Confirm(context.Context) (string, error) {
	if !bytes.Equal(w.hash.Sum(w.got[:0]), w.want) {
		return "", ErrMismatch
	}
	return w.algorithm, nil
}
