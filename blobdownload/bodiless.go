package blobdownload

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// bodiless is a response without content: 304, 412, 416, the response to HEAD, and that for an empty file.
// It holds no reader.
type bodiless struct {
	status int
	info   *wrapper.Info
	ranges []wrapper.Range // of a 206
}

// bodilessOf returns the response of a file that has no Body.
func bodilessOf(resp *wrapper.Response) bodiless {
	return bodiless{resp.Status, &resp.Info, resp.Ranges}
}

// bodiless sends a response without content. An error means that nothing has been written.
func (t *transfer) bodiless(a bodiless) error {
	switch a.status {
	case http.StatusNotModified:
		t.server.boundHeader(t.w, t.r)
		t.notModified(a.info)
	case http.StatusPreconditionFailed:
		t.server.writeError(t.w, t.r, errPrecondition)
	case http.StatusRequestedRangeNotSatisfiable:
		t.server.writeError(t.w, t.r, unsatisfiable(a.info.Size))
	default:
		t.server.boundHeader(t.w, t.r)
		if err := t.prepareContent(a.status, a.info, a.ranges); err != nil {
			return err
		}
		t.w.WriteHeader(a.status)
	}
	t.finish(Result{Status: a.status})
	return nil
}

// notModified sends a 304 with the fields that RFC 9110 section 15.4.5 requires. A cache replaces fields of its stored
// response with them (RFC 9111 section 3.2). Those that depend on metadata, which a storage's 304 lacks, are left out.
func (t *transfer) notModified(info *wrapper.Info) {
	h := t.w.Header()
	t.d.copyHeader(h)
	for _, field := range representationFields {
		h.Del(field)
	}
	setValidators(h, info, time.Now(), &t.lines)
	t.d.setCachePolicy(h)
	setSecurityHeader(h, cspAttachment)
	h.Del("Content-Security-Policy")
	if t.negotiated {
		addVary(h, "Accept-Encoding")
	}
	if !t.negotiated && info.Size < 0 && info.ContentType == "" {
		h.Del("Vary")
	}
	t.w.WriteHeader(http.StatusNotModified)
}

var errPrecondition = &StatusError{
	Status: http.StatusPreconditionFailed, Err: errors.New("precondition failed"),
}

// unsatisfiable returns the error of a 416 with the length of the content (RFC 9110 section 15.5.17).
func unsatisfiable(size int64) error {
	return &StatusError{
		Status: http.StatusRequestedRangeNotSatisfiable,
		Err:    errRange,
		Header: http.Header{"Content-Range": {plan.Unsatisfied(size)}},
	}
}

var errRange = errors.New("range is not satisfiable")
