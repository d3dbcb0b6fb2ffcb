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

// sum gives a version the checksum fields of S3: those of the whole, or a checksum of the checksums of its parts.
func (v *version) sum(s *style) {
	if s.checksum == "" {
		return
	}
	algorithm, field := checksums[s.checksum], "X-Amz-Checksum-"+s.checksum
	kind, value := "FULL_OBJECT", ""
	if s.partSize == 0 {
		value = base64.StdEncoding.EncodeToString(sum(algorithm(), v.body))
	} else {
		var all []byte
		for rest := v.body; len(rest) > 0; {
			n := min(s.partSize, len(rest))
			all = append(all, sum(algorithm(), rest[:n])...)
			v.parts = append(v.parts, n)
			rest = rest[n:]
		}
		kind = "COMPOSITE"
		value = fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(sum(algorithm(), all)), len(v.parts))
	}
	v.checksum = [][2]string{{field, value}, {"X-Amz-Checksum-Type", kind}}
}
