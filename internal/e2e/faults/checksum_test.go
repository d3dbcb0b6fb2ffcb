package faults_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
)

// checksums are those that S3 keeps, by the name in its fields.
var checksums = map[string]func() hash.Hash{
	"Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"Crc64nvme": func() hash.Hash { return crc64.New(nvme) },
	"Sha1":      sha1.New,
	"Sha256":    sha256.New,
}

// nvme is the reversed polynomial of CRC-64/NVME.
var nvme = crc64.MakeTable(0x9a6c9329ac4bc9b5)

func sum(h hash.Hash, b []byte) []byte {
	_, _ = h.Write(b)
	return h.Sum(nil)
}

// split divides a version into the parts of a multipart upload.
func (v *version) split(size int) {
	for rest := len(v.body); size > 0 && rest > 0; rest -= size {
		v.parts = append(v.parts, min(size, rest))
	}
}

// sum returns the checksum fields of S3: those of the whole, or a checksum of the checksums of the parts.
func (v *version) sum(name string) [][2]string {
	if name == "" {
		return nil
	}
	algorithm, field := checksums[name], "X-Amz-Checksum-"+name
	if v.parts == nil {
		value := base64.StdEncoding.EncodeToString(sum(algorithm(), v.body))
		return [][2]string{{field, value}, {"X-Amz-Checksum-Type", "FULL_OBJECT"}}
	}
	var all []byte
	rest := v.body
	for _, n := range v.parts {
		all = append(all, sum(algorithm(), rest[:n])...)
		rest = rest[n:]
	}
	value := fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(sum(algorithm(), all)), len(v.parts))
	return [][2]string{{field, value}, {"X-Amz-Checksum-Type", "COMPOSITE"}}
}
