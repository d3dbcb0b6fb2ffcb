package wrapper

import (
	"fmt"
	"io"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// errAltered is the error of a response whose bytes are not those that the metadata describes.
var errAltered = fmt.Errorf("content coding was changed on the way: %w", ErrChanged)

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
