package azure

import (
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// options turns header fields into the SDK's options.
func options(h http.Header) (*azblob.DownloadStreamOptions, error) {
	var o azblob.DownloadStreamOptions
	if field := h.Get("Range"); field != "" {
		off, n, err := upstream.ParseRange(field)
		switch {
		case err != nil:
			return nil, err
		case off < 0:
			return nil, fmt.Errorf("range %q is a suffix, which Azure has not", field)
		case n < 0:
			n = azblob.CountToEnd
		}
		o.Range = azblob.HTTPRange{Offset: off, Count: n}
	}
	o.AccessConditions = &azblob.AccessConditions{ModifiedAccessConditions: &azblob.ModifiedAccessConditions{
		IfMatch:           upstream.Optional(azcore.ETag(h.Get("If-Match"))),
		IfNoneMatch:       upstream.Optional(azcore.ETag(h.Get("If-None-Match"))),
		IfModifiedSince:   upstream.OptionalTime(h.Get("If-Modified-Since")),
		IfUnmodifiedSince: upstream.OptionalTime(h.Get("If-Unmodified-Since")),
	}}
	return &o, nil
}
