package blobdownload

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// digestSizes maps the algorithms of RFC 9530 section 5 to the size of their digest, in bytes. Insecure ones are
// sent too if the client requests them.
var digestSizes = map[string]int{"sha-512": 64, "sha-256": 32, "md5": 16, "sha": 20, "crc32c": 4, "adler": 4}

// digestOrder is the order of preference among algorithms of equal weight.
var digestOrder = []string{"sha-512", "sha-256", "sha", "md5", "crc32c", "adler"}

// setDigests sets the digests that a request names (RFC 9530 section 4), if the metadata has them. Repr-Digest is
// the digest of the whole representation. Content-Digest is that of the body, so it is sent only with a 200.
func (t *transfer) setDigests(h http.Header, status int, info *wrapper.Info) {
	if d := wantedDigest(t.r.Header["Want-Repr-Digest"], info.Digests); d != "" {
		h.Set("Repr-Digest", d)
	}
	if status == http.StatusOK && t.r.Method == http.MethodGet {
		if d := wantedDigest(t.r.Header["Want-Content-Digest"], info.Digests); d != "" {
			h.Set("Content-Digest", d)
		}
	}
}

// wantedDigest returns the digest with the highest weight in a Want field, as a dictionary member, or "".
func wantedDigest(want []string, digests []wrapper.Digest) string {
	if len(want) == 0 {
		return ""
	}
	weights := digestWeights(want)
	best, bestWeight := "", 0
	var sum []byte
	for _, algorithm := range digestOrder {
		if weights[algorithm] <= bestWeight {
			continue
		}
		for i := range digests {
			if digests[i].Algorithm == algorithm && len(digests[i].Sum) == digestSizes[algorithm] {
				best, bestWeight, sum = algorithm, weights[algorithm], digests[i].Sum
			}
		}
	}
	if best == "" {
		return ""
	}
	return best + "=:" + base64.StdEncoding.EncodeToString(sum) + ":"
}

// maxWant is the maximum length of a Want field, in bytes. A longer one is ignored.
const maxWant = 1 << 10

// digestWeights parses a dictionary of weights from 0 (not wanted) to 10. An invalid field has no weights.
func digestWeights(want []string) map[string]int {
	weights := map[string]int{}
	for _, line := range want {
		if len(line) > maxWant {
			return nil
		}
		for member := range strings.SplitSeq(line, ",") {
			member, _, _ = strings.Cut(member, ";")
			algorithm, weight, _ := strings.Cut(strings.Trim(member, " \t"), "=")
			w, err := strconv.ParseUint(weight, 10, 8)
			if err != nil || w > 10 {
				return nil
			}
			weights[algorithm] = int(w)
		}
	}
	return weights
}
