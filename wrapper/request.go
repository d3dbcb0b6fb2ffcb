package wrapper

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Request selects a representation or a part of it: the fields of RFC 9110 sections 13 and 14. The zero value is an
// unconditional GET of the whole. Fields hold values as received; invalid ones are ignored as the RFC requires.
type Request struct {
	Head bool // a HEAD request: no body is opened and Range is ignored (section 14.2)

	Range             string
	IfRange           string
	IfMatch           string
	IfNoneMatch       string
	IfModifiedSince   string
	IfUnmodifiedSince string
}

// RequestOf returns the fields of a client's request. Several lines of a list field are joined with ", ". Any other field
// of several lines is ignored, because proxies disagree on which line counts. Several lines of If-Range also void Range.
func RequestOf(r *http.Request) Request {
	only := func(canonicalName string) string {
		if lines := r.Header[canonicalName]; len(lines) == 1 {
			return lines[0]
		}
		return ""
	}
	req := Request{
		Head:              r.Method == http.MethodHead,
		Range:             only("Range"),
		IfRange:           only("If-Range"),
		IfMatch:           strings.Join(r.Header["If-Match"], ", "),
		IfNoneMatch:       strings.Join(r.Header["If-None-Match"], ", "),
		IfModifiedSince:   only("If-Modified-Since"),
		IfUnmodifiedSince: only("If-Unmodified-Since"),
	}
	if len(r.Header["If-Range"]) > 1 {
		req.Range = ""
	}
	return req
}

// datesRange reports whether the request has an If-Range with anything but an entity-tag.
func (r *Request) datesRange() bool {
	return r.IfRange != "" && !strings.HasSuffix(strings.TrimRight(r.IfRange, " \t"), `"`)
}

// onlyRange reports whether the request has no field but Range.
func (r *Request) onlyRange() bool {
	return !r.Head && r.IfRange == "" && r.IfMatch == "" && r.IfNoneMatch == "" && r.IfModifiedSince == "" && r.IfUnmodifiedSince == ""
}

// whole returns the request for the whole content under the same preconditions.
func (r *Request) whole() *Request {
	whole := *r
	whole.Range, whole.IfRange = "", ""
	return &whole
}

// severalRanges reports whether the request has more than one range, which no single upstream request can fetch. An invalid
// Range has none.
func (r *Request) severalRanges() bool {
	if r.Head || !strings.Contains(r.Range, ",") {
		return false
	}
	specs, ok := plan.ParseRange(r.Range)
	return ok && len(specs) > 1
}

// Response is the result of a [Request] for a file. The caller must close it.
type Response struct {
	Status int     // 200, 206, 304, 412 or 416
	Info   Info    // of the whole content, on a 206 too; on 304 and 412 possibly incomplete
	Ranges []Range // on 206: the parts, in order; more than one are sent as multipart/byteranges

	// Body is the whole content, or the first of Ranges. It is nil if there are no bytes to send: for HEAD, for empty
	// content, and on 304, 412 and 416.
	Body io.ReadCloser

	file *File
	ctx  context.Context //nolint:containedctx // of the request: parts are opened later, one after the other
	read *remoteRead     // unused memory for Body, in the allocation of the Response; may be nil

	maxSize int64 // see MaxSize
}

// Range is a part of the content: N bytes from offset Off.
type Range struct{ Off, N int64 }

// Part opens the i-th of Ranges, pinned to the version of Info. Part(0) is Body. Close each part before you open the next,
// so that a response uses one connection at a time. It fails with ErrChanged if the content was replaced.
func (r *Response) Part(i int) (io.ReadCloser, error) {
	if i == 0 {
		return r.Body, nil
	}
	w, info := r.Ranges[i], r.Info
	if first, ok := r.Body.(*body); ok { // known metadata may lack validators that the first part has
		sent := first.sent()
		info.overlay(&sent)
	}
	b, err := r.file.openWindow(r.ctx, windowOpener{file: r.file, info: &info, confirm: true}, w.Off, w.N)
	if err != nil {
		return nil, pathError("open", r.file.name, err)
	}
	return b, nil
}

// Verified returns the name of the storage's checksum that Body matched at its end, as in [Digest]. It returns "" before
// Body has returned io.EOF, and for a body that was not verified: a range, or content without a usable checksum.
func (r *Response) Verified() string {
	if b, ok := r.Body.(*body); ok {
		return b.verified
	}
	return ""
}

// Close closes Body, if it is not nil.
func (r *Response) Close() error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}
