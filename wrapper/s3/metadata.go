package s3

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// checksumFields are a response's, cheapest to verify first, with their names in RFC 9530 where it has one. XXHash, which
// S3 has as well, is not verified.
var checksumFields = [...]struct {
	field, algorithm string
	size             int
}{
	{"X-Amz-Checksum-Crc32c", "crc32c", 4},
	{"X-Amz-Checksum-Crc32", "crc32", 4},
	{"X-Amz-Checksum-Crc64nvme", "crc64nvme", 8},
	{"X-Amz-Checksum-Sha1", "sha", 20},
	{"X-Amz-Checksum-Sha256", "sha-256", 32},
	{"X-Amz-Checksum-Sha512", "sha-512", 64},
	{"X-Amz-Checksum-Md5", "md5", 16},
}

// Describe adds the version, and the checksums of the whole object. The ETag is not one of them: whether it is an MD5
// depends on the store, on encryption and on how the object was written.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	if v := resp.Header.Get("X-Amz-Version-Id"); v != "null" {
		info.Version = v
	}
	if resp.StatusCode == http.StatusOK {
		info.Digests = digests(resp.Header)
		if len(info.Digests) > 0 && partsOf(info) > 0 && listsParts[resp.Header.Get("Server")] && !s.unlisted.Load() {
			s.lists.Store(true)
		}
	}
}

// listsParts are the servers whose GetObjectAttributes lists the parts of an object.
var listsParts = map[string]bool{"AmazonS3": true, "MinIO": true}

// digests reads the checksums of the object. That of an object written in parts may be a composite: the checksum of the
// checksums of its parts, followed by their number.
func digests(h http.Header) []wrapper.Digest {
	composite := h.Get("X-Amz-Checksum-Type") == "COMPOSITE"
	var all []wrapper.Digest
	for i := range checksumFields {
		f := &checksumFields[i]
		v := h[f.field]
		if len(v) == 0 {
			continue
		}
		algorithm := f.algorithm
		encoded, suffix, ofParts := strings.Cut(v[0], "-")
		parts, err := 0, error(nil)
		if ofParts {
			algorithm += "-composite"
			parts, err = strconv.Atoi(suffix)
		}
		if err != nil || ofParts != (parts > 0) || composite && !ofParts || len(encoded) != base64.StdEncoding.EncodedLen(f.size) {
			continue
		}
		room := &struct { // there is hardly ever a second one
			digest [1]wrapper.Digest
			sum    [64]byte
		}{}
		sum, err := base64.StdEncoding.AppendDecode(room.sum[:0], []byte(encoded))
		if err != nil {
			continue
		}
		if all == nil {
			all = room.digest[:0]
		}
		all = append(all, wrapper.Digest{Algorithm: algorithm, Sum: sum, Parts: parts})
	}
	return all
}
