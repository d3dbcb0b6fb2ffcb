package gcs

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// The fields of a generation and of digests.
const (
	generationField = "X-Goog-Generation"
	hashField       = "X-Goog-Hash"
)

// Describe adds the generation, and the CRC32C of the whole object.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	info.Version = resp.Header.Get(generationField)
	for _, field := range resp.Header[hashField] {
		for h := range strings.SplitSeq(field, ",") {
			sum, ok := strings.CutPrefix(strings.TrimSpace(h), "crc32c=")
			if !ok {
				continue
			}
			if b, err := base64.StdEncoding.DecodeString(sum); err == nil {
				info.Digests = []wrapper.Digest{{Algorithm: "crc32c", Sum: b}}
			}
		}
	}
}
