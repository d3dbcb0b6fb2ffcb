package wrapper

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// errAltered is the error of a response whose bytes are not those that the metadata describes.
var errAltered = fmt.Errorf("content coding was changed on the way: %w", ErrChanged)

// altered reports whether the content of a response was decoded or encoded on its way from the storage, although the
// request was for the stored bytes. Its length, checksum and entity-tag are then those of another representation.
func (r *remote) altered(resp *http.Response, info *Info) bool {
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		return false
	}
	if resp.Uncompressed || slices.ContainsFunc(resp.Header["Warning"], isTransformed) {
		return true
	}
	if stored := resp.Header.Get("X-Goog-Stored-Content-Encoding"); stored != "" { // of Google Cloud Storage
		return !strings.EqualFold(stored, orIdentity(info.ContentEncoding))
	}
	weak := strings.HasPrefix(info.ETag, "W/")
	encoded := info.ContentEncoding != ""
	if _, isURL := r.sender.(*urlSource); isURL {
		return weak && encoded && variesByCoding(resp.Header)
	}
	// A storage sends strong entity-tags, and lengths, and the same bytes to every client. A missing length is not enough:
	// a truncated response may lack it too, and only the checksum shows that.
	return weak && (encoded || info.Size < 0) || encoded && variesByCoding(resp.Header)
}

// isTransformed reports whether a Warning has the code 214, "Transformation Applied" (RFC 7234 section 5.5.6).
func isTransformed(warning string) bool { return strings.HasPrefix(strings.TrimSpace(warning), "214") }

func orIdentity(coding string) string {
	if coding == "" {
		return "identity"
	}
	return coding
}

func variesByCoding(h http.Header) bool {
	return slices.ContainsFunc(h["Vary"], func(line string) bool {
		return strings.Contains(strings.ToLower(line), "accept-encoding")
	})
}

// alter removes what describes only the stored content. The entity-tag becomes a weak one.
func (i *Info) alter() {
	i.Size, i.Sequential, i.Digests, i.altered = UnknownSize, true, nil, true
	if plan.StrongMatch(i.ETag, i.ETag) {
		i.ETag = "W/" + i.ETag
	}
}

// stored returns a body, or errAltered if it is not the content that the metadata describes.
func (*remote) stored(b *remoteBody, known *Info) (io.ReadCloser, error) {
	got := &b.info
	if known != nil && (got.altered || got.Size < 0 && got.ContentEncoding != known.ContentEncoding) {
		_ = b.Close()
		return nil, errAltered
	}
	return b, nil
}
