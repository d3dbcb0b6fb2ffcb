package blobdownload

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// digestSizes are the algorithms of RFC 9530 section 5 that a digest may be sent by, and how many bytes
// each has. Those that are no protection against an attacker are sent as well to who asks for them.
var digestSizes = map[string]int{"sha-512": 64, "sha-256": 32, "md5": 16, "sha": 20, "crc32c": 4, "adler": 4}

// digestOrder is the order of preference of a client that has none.
var digestOrder = []string{"sha-512", "sha-256", "sha", "md5", "crc32c", "adler"}

// digests sets the digests that a request wants (RFC 9530 section 4) and the storage, or the application,
// already knows. A Repr-Digest is of the whole, whatever part of it is sent; a Content-Digest of what is
// sent, and so only known for the whole.
func (t *transfer) setDigests(h http.Header, status int, info *wrapper.Info) {
	if len(info.Digests) == 0 {
		return
	}
	if d := wantedDigest(t.r.Header["Want-Repr-Digest"], info.Digests); d != "" {
		h.Set("Repr-Digest", d)
	}
	if status == http.StatusOK && t.r.Method == http.MethodGet {
		if d := wantedDigest(t.r.Header["Want-Content-Digest"], info.Digests); d != "" {
			h.Set("Content-Digest", d)
		}
	}
}

// wantedDigest returns the digest that a Want field prefers, as a member of a dictionary, or "".
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

// maxWant is the length of the longest Want field that is read.
const maxWant = 1 << 10

// digestWeights reads a dictionary of weights from 0 (not wanted) to 10. A field that is none says nothing.
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
