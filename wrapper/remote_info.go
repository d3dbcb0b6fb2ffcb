package wrapper

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
)

// info returns the metadata of the whole content from a response's header.
func (r *remote) info(resp *http.Response) Info {
	var info Info
	r.infoInto(&info, resp)
	return info
}

// infoInto is info into a value that is on the heap already.
func (r *remote) infoInto(info *Info, resp *http.Response) {
	*info = Info{
		Size:               resp.ContentLength,
		ModTime:            fields.Date(fields.Single(resp.Header, "Last-Modified")),
		ETag:               entityTag(fields.Single(resp.Header, "Etag")),
		ContentType:        fields.Single(resp.Header, "Content-Type"),
		ContentEncoding:    fields.List(resp.Header, "Content-Encoding"),
		ContentLanguage:    fields.List(resp.Header, "Content-Language"),
		ContentDisposition: fields.Single(resp.Header, "Content-Disposition"),
		CacheControl:       fields.List(resp.Header, "Cache-Control"),
	}
	if units := fields.List(resp.Header, "Accept-Ranges"); units != "bytes" {
		info.Sequential = rejectsRanges(units)
	}
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		info.Size = fields.UnsatisfiedLength(resp.Header.Get("Content-Range"))
	case http.StatusPartialContent:
		info.Size = UnknownSize
		if _, _, total, ok := fields.ContentRange(resp.Header.Get("Content-Range")); ok || total > 0 {
			info.Size = total
		}
	case http.StatusOK:
		// Without a total length, ranges can be neither checked nor offered.
		info.Sequential = info.Sequential || info.Size < 0
	}
	if now := time.Now(); info.ModTime.After(now) {
		info.ClockAhead = clockAhead(resp, now)
	}
	r.sender.describe(resp, info)
	if r.altered(resp, info) {
		info.alter()
	}
}

// entityTag returns a storage's tag as an entity-tag of RFC 9110 section 8.8.3, with quotes added if they are missing. It
// returns "" for a tag that cannot be one.
func entityTag(s string) string {
	if s == "" || plan.ValidETag(s) {
		return s
	}
	if q := `"` + s + `"`; plan.ValidETag(q) {
		return q
	}
	return ""
}

// refusesOwnTag reports whether a response is a 412 with the very tag of the If-Match: net/http compares a tag that it sends
// without quotes as it is.
func refusesOwnTag(resp *http.Response, ifMatch string) bool {
	return resp.StatusCode == http.StatusPreconditionFailed && ifMatch != "" &&
		plan.StrongMatch(entityTag(fields.Single(resp.Header, "Etag")), ifMatch)
}

// rejectsRanges reports whether an Accept-Ranges is none (RFC 9110 section 14.3). A value without a unit rejects nothing.
func rejectsRanges(acceptRanges string) bool {
	none := false
	for unit := range fields.Members(acceptRanges) {
		if unit != "none" {
			return false
		}
		none = true
	}
	return none
}

// clockAhead returns how far the storage's clock is ahead, or 0 if its response does not show that.
func clockAhead(resp *http.Response, now time.Time) time.Duration {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.Header.Get("Age") != "" { // a cached response has an old Date
		return 0
	}
	return max(0, date.Sub(now))
}

// notModified returns the response for a 304. Where the 304 has no ETag, it is the entity-tag of the request that matched.
func (r *remote) notModified(ctx context.Context, req *Request, up *http.Response) (*Response, error) {
	resp := &Response{Status: http.StatusNotModified}
	info := &resp.Info
	r.infoInto(info, up)
	info.Size = UnknownSize
	if info.ETag == "" {
		info.ETag = entityTag(req.IfNoneMatch)
	}
	if info.ETag == "" && info.ModTime.IsZero() {
		return r.lookUp(ctx, req) // a 304 needs a validator (RFC 9110 section 15.4.5), and some storages send none
	}
	return resp, nil
}

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
func isTransformed(warnings string) bool {
	for warning := range fields.Elements(warnings) {
		if strings.HasPrefix(warning, "214") {
			return true
		}
	}
	return false
}

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
