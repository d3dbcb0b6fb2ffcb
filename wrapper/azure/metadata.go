package azure

import (
	"encoding/base64"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Describe adds the version, on a container with versioning, and the MD5 of the whole blob. A response with a part has it
// in a field of its own.
func (s *store) Describe(resp *http.Response, info *wrapper.Info) {
	info.Version = resp.Header.Get("X-Ms-Version-Id")
	field := resp.Header.Get("X-Ms-Blob-Content-Md5")
	if field == "" && resp.StatusCode == http.StatusOK {
		field = resp.Header.Get("Content-Md5")
	}
	if sum, err := base64.StdEncoding.DecodeString(field); err == nil && len(sum) == 16 {
		info.Digests = []wrapper.Digest{{Algorithm: "md5", Sum: sum}}
	}
}
