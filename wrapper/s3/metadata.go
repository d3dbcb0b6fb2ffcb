package s3

import (
	"encoding/base64"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// checksumFields are a response's, cheapest to verify first, with their names in RFC 9530 where it has one.
var checksumFields = [...]struct {
	field, algorithm string
	size             int
}{
	{"X-Amz-Checksum-Crc32c", "crc32c", 4},
	{"X-Amz-Checksum-Crc32", "crc32", 4},
	{"X-Amz-Checksum-Crc64nvme", "crc64nvme", 8},
	{"X-Amz-Checksum-Sha1", "sha", 20},
	{"X-Amz-Checksum-Sha256", "sha-256", 32},
}

// Describe adds the version, and the checksums of the whole object. The ETag is not one of them: whether it is an MD5
// depends on the store, on encryption and on how the object was written.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	if v := resp.Header.Get("X-Amz-Version-Id"); v != "null" {
		info.Version = v
	}
	if resp.StatusCode == http.StatusOK {
		info.Digests = digests(resp.Header)
	}
}

// digests reads the checksums of the whole object. An object written in parts may have checksums of checksums, which are
// of no use without the parts.
func digests(h http.Header) []wrapper.Digest {
	if h.Get("X-Amz-Checksum-Type") == "COMPOSITE" {
		return nil
	}
	var all []wrapper.Digest
	for _, f := range checksumFields {
		v := h[f.field]
		if len(v) == 0 || len(v[0]) != base64.StdEncoding.EncodedLen(f.size) { // "-3" at its end: of three parts
			continue
		}
		room := &struct { // there is hardly ever a second one
			digest [1]wrapper.Digest
			sum    [32]byte
		}{}
		sum, err := base64.StdEncoding.AppendDecode(room.sum[:0], []byte(v[0]))
		if err != nil {
			continue
		}
		if all == nil {
			all = room.digest[:0]
		}
		all = append(all, wrapper.Digest{Algorithm: f.algorithm, Sum: sum})
	}
	return all
}
