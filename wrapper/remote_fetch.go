package wrapper

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
)

// Fetch forwards one range and the preconditions that all storages evaluate alike. It decides the others on the response:
// storages were measured to ignore If-Range, tag lists and weak tags, and to evaluate two preconditions in the wrong
// order.
func (r *remote) Fetch(ctx context.Context, req Request) (*Response, error) {
	var h http.Header // nil for most requests: unconditional, without a range
	if req != (Request{}) {
		var ok bool
		if h, ok = sendable(&req); !ok || !r.sender.canSend(h) || r.dateFails(h) {
			return r.lookUp(ctx, &req)
		}
	}
	up, err := r.request(ctx, http.MethodGet, "", h) //nolint:bodyclose // answer closes the body, or returns it
	if err != nil {
		return nil, err
	}
	return r.answer(ctx, &req, up, h)
}

// answer returns the response for the storage's response to a GET with the fields that were sent.
func (r *remote) answer(ctx context.Context, req *Request, resp *http.Response, sent http.Header) (*Response, error) {
	switch status := resp.StatusCode; {
	case status == http.StatusOK || status == http.StatusPartialContent:
		return r.judge(ctx, req, resp)
	case unrequested(status, sent):
		discard(resp)
		return nil, statusError(resp)
	case status == http.StatusNotModified:
		discard(resp)
		return r.notModified(ctx, req, resp)
	case status == http.StatusPreconditionFailed:
		discard(resp)
		if sent.Get("If-Unmodified-Since") != "" || refusesOwnTag(resp, sent.Get("If-Match")) {
			return r.lookUp(ctx, req) // some storages compare fractions of a second, which dates omit
		}
		if req.IfRange != "" {
			return r.whole(ctx, req)
		}
		return &Response{Status: http.StatusPreconditionFailed, Info: Info{Size: UnknownSize}}, nil
	case status == http.StatusRequestedRangeNotSatisfiable:
		return r.unsatisfied(ctx, req, resp)
	default:
		discard(resp)
		return nil, statusError(resp)
	}
}

// dateFails reports whether a date decides that the store compares with fractions of a second, which dates omit: it would
// send content that is not modified, and the connection would be lost with it.
func (r *remote) dateFails(sent http.Header) bool {
	return sent.Get("If-Modified-Since") != "" && r.datesFail != nil && r.datesFail.Load()
}

// unrequested reports whether a status is the result of a precondition or a range that was not sent.
func unrequested(status int, sent http.Header) bool {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(f string) bool { return sent.Get(f) != "" })
	}
	switch status {
	case http.StatusNotModified:
		return !has("If-None-Match", "If-Modified-Since")
	case http.StatusPreconditionFailed:
		return !has("If-Match", "If-Unmodified-Since")
	case http.StatusRequestedRangeNotSatisfiable:
		return !has("Range")
	default:
		return false
	}
}

// maxCondition is the length in bytes of the longest precondition that is forwarded. No storage's entity-tag is longer. A
// longer precondition is decided here, on the response to an unconditional request.
const maxCondition = 1 << 10

// sendable returns the fields of one upstream request that is equivalent to req, or false if no single one is. Preconditions
// that storages evaluate differently are left out, and decided on the response.
func sendable(req *Request) (http.Header, bool) {
	var h http.Header
	ifMatch := req.IfMatch
	anyMatch := matchesAny(ifMatch)
	if anyMatch {
		ifMatch = ""
	}
	switch {
	case req.Head:
		return nil, false
	case len(req.IfMatch) > maxCondition || len(req.IfNoneMatch) > maxCondition || len(req.IfRange) > maxCondition:
		return h, true
	case isList(ifMatch) || isList(req.IfNoneMatch) || strings.HasPrefix(ifMatch, "W/"):
		return nil, false
	}
	set := func(name, value string) {
		if value == "" {
			return
		}
		if h == nil {
			h = http.Header{}
		}
		h.Set(name, value)
	}
	set("If-Match", ifMatch)
	set("If-None-Match", strings.TrimPrefix(req.IfNoneMatch, "W/"))
	if req.IfMatch == "" {
		set("If-Unmodified-Since", httpDate(req.IfUnmodifiedSince))
	}
	if req.IfNoneMatch == "" {
		set("If-Modified-Since", httpDate(req.IfModifiedSince))
	}
	spec, single := plan.Single(req.Range)
	if !single {
		return h, true
	}
	switch {
	case req.IfRange == "":
		set("Range", spec.String())
	case ifMatch != "" || req.IfUnmodifiedSince != "" && !anyMatch:
		return nil, false // a 412 would not show which of the two preconditions failed
	case plan.StrongMatch(req.IfRange, req.IfRange) && !isList(req.IfRange):
		set("Range", spec.String())
		set("If-Match", req.IfRange)
	case httpDate(req.IfRange) != "":
		set("Range", spec.String())
		set("If-Unmodified-Since", httpDate(req.IfRange))
	}
	return h, true
}

// matchesAny reports whether an If-Match is "*", which is true of everything that a GET returns.
func matchesAny(ifMatch string) bool { return strings.Trim(ifMatch, " \t") == "*" }

// isList reports whether a precondition is anything but one entity-tag.
func isList(field string) bool { return field != "" && !plan.ValidETag(field) }

// httpDate returns a date as an IMF-fixdate (RFC 9110 section 5.6.7), or "" for a value that is no date and is ignored.
func httpDate(field string) string {
	t, ok := plan.ParseDate(field, time.Now())
	if !ok {
		return ""
	}
	return fields.FormatDate(t)
}

// lookUp requests the metadata, decides on it, and then opens the window: two requests, for what one GET cannot express.
func (r *remote) lookUp(ctx context.Context, req *Request) (*Response, error) {
	info, err := r.sender.Stat(ctx)
	if err != nil {
		return nil, err
	}
	resp := &Response{Info: info}
	want := decide(req, resp)
	if req.Head || want.N == 0 {
		return resp, nil
	}
	resp.Body, err = r.openPinned(ctx, &info, want.Off, want.N)
	if errors.Is(err, errAltered) {
		return r.fetchAltered(ctx, req, &info)
	}
	if err != nil {
		return nil, err
	}
	if got := infoOf(resp.Body); got != nil { // the response that is read has its own checksum
		if got.contradicts(&info) {
			_ = resp.Body.Close()
			return nil, ErrChanged
		}
		sequential := info.Sequential
		resp.Info.update(got)
		resp.Info.Sequential = sequential
	}
	return resp, nil
}

// fetchAltered requests the whole of content whose bytes are not those that info describes: a range would be of other bytes.
// The preconditions hold of the version of info. The response may be of another one.
func (r *remote) fetchAltered(ctx context.Context, req *Request, info *Info) (*Response, error) {
	resp, err := r.Fetch(ctx, Request{})
	if err != nil || plan.WeakMatch(info.ETag, resp.Info.ETag) {
		return resp, err
	}
	if d := resp.Info.decide(req.whole()); d.Status != http.StatusOK {
		_ = resp.Close()
		return &Response{Status: d.Status, Info: resp.Info}, nil
	}
	return resp, nil
}

// remoteResponse is a Response together with its body, in one allocation.
type remoteResponse struct {
	response Response
	read     remoteRead
}

// judge decides whether the body of an upstream response is the one to send.
func (r *remote) judge(ctx context.Context, req *Request, up *http.Response) (*Response, error) {
	var got Range
	partial := up.StatusCode == http.StatusPartialContent
	if partial {
		if fields.PastTheEnd(up.Header.Get("Content-Range")) {
			return r.unsatisfied(ctx, req, up)
		}
		var err error
		if got, err = contentRange(up); err == nil && req.Range == "" {
			err = statusError(up)
		}
		if err != nil && up.ContentLength == 0 { // a range of empty content, for which net/http sends a malformed 206
			discard(up)
			return r.lookUp(ctx, req)
		}
		if err != nil {
			_ = up.Body.Close()
			return nil, err
		}
	}
	of := new(remoteResponse)
	resp := &of.response
	resp.Status, resp.read = http.StatusOK, &of.read
	r.infoInto(&resp.Info, up)
	want := Range{0, resp.Info.Size}
	if *req != (Request{}) { // else there is nothing to decide
		want = decide(req, resp)
	}
	switch {
	case resp.Status == http.StatusPartialContent && !partial:
		resp.Status, resp.Ranges, resp.Info.Sequential = http.StatusOK, nil, true // the server ignores Range
		want.N = resp.Info.Size
	case resp.Status == http.StatusPartialContent:
		if got != want {
			_ = up.Body.Close()
			return nil, ErrLength
		}
	case resp.Status == http.StatusOK && partial: // If-Range did not match
		_ = up.Body.Close()
		return r.whole(ctx, req)
	case resp.Status != http.StatusOK:
		if resp.Status == http.StatusNotModified && req.IfNoneMatch == "" && r.datesFail != nil {
			r.datesFail.Store(true)
		}
		_ = up.Body.Close()
		return resp, nil
	}
	if want.N == 0 {
		discard(up)
		return resp, nil
	}
	resp.Body = up.Body
	return resp, nil
}

// whole sends the request again without its range.
func (r *remote) whole(ctx context.Context, req *Request) (*Response, error) {
	return r.Fetch(ctx, *req.whole())
}

// unsatisfied returns the response for an upstream 416, whose Content-Range should hold the length. Most have no validators,
// with which the preconditions are compared.
func (r *remote) unsatisfied(ctx context.Context, req *Request, up *http.Response) (*Response, error) {
	info := r.info(up)
	discard(up)
	info.ContentType, info.ContentEncoding = "", ""
	if info.Size < 0 || !info.decides(req) {
		return r.lookUp(ctx, req)
	}
	resp := &Response{Info: info}
	decide(req, resp)
	if resp.Status == http.StatusRequestedRangeNotSatisfiable {
		return resp, nil
	}
	return r.whole(ctx, req)
}
