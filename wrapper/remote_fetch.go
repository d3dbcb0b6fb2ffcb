package wrapper

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Fetch passes one range and the conditions that servers decide alike on, and decides the rest on the
// answer: servers were measured to ignore If-Range, lists and weak tags, and to evaluate two
// conditions in the wrong order.
func (r *remote) Fetch(ctx context.Context, req Request) (*Response, error) {
	push, ok := pushDown(&req)
	if !ok || r.pushes != nil && !r.pushes(push) {
		return r.lookUp(ctx, &req)
	}
	resp, err := r.request(ctx, http.MethodGet, "", push)
	if err != nil {
		return nil, err
	}
	if unasked(resp.StatusCode, push) {
		discard(resp)
		return nil, statusError(resp)
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return r.judge(ctx, &req, resp)
	case http.StatusNotModified:
		discard(resp)
		info := r.notModified(resp, &req)
		if info.ETag == "" && info.ModTime.IsZero() {
			return r.lookUp(ctx, &req) // ours must tell them (RFC 9110 section 15.4.5), and not every store's does
		}
		return &Response{Status: http.StatusNotModified, Info: info}, nil
	case http.StatusPreconditionFailed:
		discard(resp)
		if push.Get("If-Unmodified-Since") != "" {
			return r.lookUp(ctx, &req) // some stores compare what is smaller than the seconds of their dates
		}
		if req.IfRange != "" {
			return r.whole(ctx, &req)
		}
		return &Response{Status: http.StatusPreconditionFailed, Info: Info{Size: UnknownSize}}, nil
	case http.StatusRequestedRangeNotSatisfiable:
		return r.unsatisfied(ctx, &req, resp)
	default:
		discard(resp)
		return nil, statusError(resp)
	}
}

// unasked reports whether a status answers a condition, or a range, that was not sent.
func unasked(status int, sent http.Header) bool {
	has := func(fields ...string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return sent.Get(f) != "" })
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

// maxPushed is the length of the longest condition that is passed on. No tag is longer; what a client sends
// beyond it is decided here, on the answer to a plain request.
const maxPushed = 1 << 10

// pushDown returns the fields that ask a remote for what req asks, or false where one request cannot.
func pushDown(req *Request) (http.Header, bool) {
	var h http.Header // nil for the many requests that ask for nothing special
	switch {
	case req.Head:
		return nil, false
	case len(req.IfMatch) > maxPushed || len(req.IfNoneMatch) > maxPushed || len(req.IfRange) > maxPushed:
		return h, true
	case isList(req.IfMatch) || isList(req.IfNoneMatch) || strings.HasPrefix(req.IfMatch, "W/"):
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
	set("If-Match", req.IfMatch)
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
	case req.IfMatch != "" || req.IfUnmodifiedSince != "":
		return nil, false // the remote could not tell the two conditions apart
	case plan.StrongMatch(req.IfRange, req.IfRange) && !isList(req.IfRange):
		set("Range", spec.String())
		set("If-Match", req.IfRange)
	case httpDate(req.IfRange) != "":
		set("Range", spec.String())
		set("If-Unmodified-Since", httpDate(req.IfRange))
	}
	return h, true
}

// isList reports whether a condition is more, or other, than one entity-tag.
func isList(field string) bool { return field != "" && !plan.ValidETag(field) }

// httpDate returns a date in the one form that servers must send (RFC 9110 section 5.6.7), or "" for what is
// none and must be ignored.
func httpDate(field string) string {
	t, ok := plan.ParseDate(field, time.Now())
	if !ok {
		return ""
	}
	return t.UTC().Format(http.TimeFormat)
}

// lookUp answers by a HEAD first, for what a single GET cannot say.
func (r *remote) lookUp(ctx context.Context, req *Request) (*Response, error) {
	info, err := r.trips.lookup(ctx)
	if err != nil {
		return nil, err
	}
	resp := &Response{Info: info}
	want := r.decide(req, resp)
	if req.Head || want.N == 0 {
		return resp, nil
	}
	resp.Body, err = r.openPinned(ctx, &info, want.Off, want.N)
	return resp, err
}

// decide plans on a description. want is the window to send; its N is negative for a whole of unknown
// length and 0 when nothing is sent.
func (r *remote) decide(req *Request, resp *Response) (want Range) {
	facts := resp.Info.facts(time.Now())
	d := plan.Decide(req.plan(), &facts)
	resp.Status = d.Status
	switch d.Status {
	case http.StatusOK:
		want = Range{0, resp.Info.Size}
	case http.StatusPartialContent:
		want = Range(d.At(0))
		resp.Ranges = []Range{want}
	}
	return want
}

// judge decides on an answer with a body whether that body is the one to send.
func (r *remote) judge(ctx context.Context, req *Request, up *http.Response) (*Response, error) {
	var got Range
	partial := up.StatusCode == http.StatusPartialContent
	if partial {
		if pastTheEnd(up) {
			return r.unsatisfied(ctx, req, up)
		}
		var err error
		if got, err = contentRange(up); err == nil && req.Range == "" {
			err = statusError(up)
		}
		if err != nil && up.ContentLength == 0 { // a part of nothing, which net/http answers by a malformed 206
			discard(up)
			return r.lookUp(ctx, req)
		}
		if err != nil {
			_ = up.Body.Close()
			return nil, err
		}
	}
	resp := &Response{}
	r.describeInto(&resp.Info, up)
	r.decide(req, resp)
	switch {
	case resp.Status == http.StatusPartialContent && !partial:
		resp.Status, resp.Ranges, resp.Info.Sequential = http.StatusOK, nil, true // the remote ignores Range
	case resp.Status == http.StatusPartialContent:
		if got != resp.Ranges[0] {
			_ = up.Body.Close()
			return nil, ErrLength
		}
	case resp.Status == http.StatusOK && partial: // If-Range did not hold after all
		_ = up.Body.Close()
		return r.whole(ctx, req)
	case resp.Status != http.StatusOK:
		_ = up.Body.Close()
		return resp, nil
	}
	if resp.length() == 0 {
		discard(up)
		return resp, nil
	}
	resp.Body = up.Body
	return resp, nil
}

// whole repeats a request without its range.
func (r *remote) whole(ctx context.Context, req *Request) (*Response, error) {
	again := *req
	again.Range, again.IfRange = "", ""
	return r.Fetch(ctx, again)
}

// unsatisfied answers for a remote's 416, whose Content-Range tells the length, or should.
func (r *remote) unsatisfied(ctx context.Context, req *Request, up *http.Response) (*Response, error) {
	info := r.info(up)
	discard(up)
	info.ContentType, info.ContentEncoding = "", ""
	if info.Size < 0 {
		return r.lookUp(ctx, req)
	}
	resp := &Response{Info: info}
	r.decide(req, resp)
	if resp.Status == http.StatusRequestedRangeNotSatisfiable || resp.Status == http.StatusOK && info.Size == 0 {
		return resp, nil
	}
	return r.whole(ctx, req)
}
