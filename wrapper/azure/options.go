package azure

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
)

// options turns fields of HTTP into the SDK's.
func options(h http.Header) (*azblob.DownloadStreamOptions, error) {
	var o azblob.DownloadStreamOptions
	if field := h.Get("Range"); field != "" {
		off, n, err := parseRange(field)
		if err != nil {
			return nil, err
		}
		o.Range = azblob.HTTPRange{Offset: off, Count: n}
	}
	o.AccessConditions = &azblob.AccessConditions{ModifiedAccessConditions: &azblob.ModifiedAccessConditions{
		IfMatch:           tag(h.Get("If-Match")),
		IfNoneMatch:       tag(h.Get("If-None-Match")),
		IfModifiedSince:   date(h.Get("If-Modified-Since")),
		IfUnmodifiedSince: date(h.Get("If-Unmodified-Since")),
	}}
	return &o, nil
}

func tag(field string) *azcore.ETag {
	if field == "" {
		return nil
	}
	t := azcore.ETag(field)
	return &t
}

func date(field string) *time.Time {
	t, err := http.ParseTime(field)
	if err != nil {
		return nil
	}
	return &t
}

// parseRange reads "bytes=5-9" or "bytes=5-", for which n is 0.
func parseRange(field string) (off, n int64, err error) {
	_, spec, _ := strings.Cut(field, "=")
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	off, err = strconv.ParseInt(first, 10, 64)
	if !ok || err != nil {
		return 0, 0, fmt.Errorf("range %q is not one that Azure knows", field)
	}
	if last == "" {
		return off, azblob.CountToEnd, nil
	}
	end, err := strconv.ParseInt(last, 10, 64)
	if err != nil || end < off {
		return 0, 0, fmt.Errorf("range %q is not one that Azure knows", field)
	}
	return off, end - off + 1, nil
}
