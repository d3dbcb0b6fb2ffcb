package azure

import (
	"encoding/base64"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Describe reads the digest of the whole blob, which the service tells by another field when it sends a
// part.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	field := resp.Header.Get("X-Ms-Blob-Content-Md5")
	if field == "" && resp.StatusCode == http.StatusOK {
		field = resp.Header.Get("Content-Md5")
	}
	if sum, err := base64.StdEncoding.DecodeString(field); err == nil && len(sum) == 16 {
		info.Digests = []wrapper.Digest{{Algorithm: "md5", Sum: sum}}
	}
}
