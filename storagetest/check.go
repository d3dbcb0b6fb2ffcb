package storagetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"
)

// TB is the part of testing.TB that a check uses. A check fails with one Errorf, and the test continues.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Response is a response that a client received or that a handler wrote into a recorder.
type Response interface {
	*http.Response | *httptest.ResponseRecorder
}

// Want is the expected response. A zero field is not checked; at least one field must be set. An expectation that
// no response can meet fails the test with the reason.
type Want struct {
	Status int

	Body  string // the complete content
	Empty bool   // the content is empty; an empty Body is not checked

	Filename    string // the decoded file name: filename*, else filename (RFC 6266 section 4.3)
	Disposition string // "attachment" or "inline", in any case

	ContentType  string    // exactly as sent, with parameters
	MediaType    string    // Content-Type without parameters, in any case
	ContentRange string    // as "bytes 0-4/11"
	ETag         string    // with its quotes, and with W/ if it is weak
	LastModified time.Time // compared in whole seconds
	CacheControl string    // exactly as sent

	// Header has further fields with all of their values. A field without values must be absent.
	Header http.Header
}

// CheckDownload fails the test if a response differs from want. It also fails if a field that a download has at
// most once is sent twice. The body is read only if want has content, and only as far as needed. It can be read
// again, and it is not closed.
func CheckDownload[R Response](t TB, response R, want Want) {
	t.Helper()
	checkResponse(t, "CheckDownload", response, &want, func(rep *report, resp *http.Response) { want.compare(rep, resp) })
}

// expectation is the common part of all Want types. impossible returns the reasons why no response can meet it.
type expectation interface{ impossible() []string }

// checkResponse compares a response. A misuse of the helper is reported instead.
func checkResponse[R Response](t TB, name string, response R, want expectation, compare func(*report, *http.Response)) {
	t.Helper()
	resp, err := result(response)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if reasons := want.impossible(); len(reasons) > 0 {
		for _, reason := range reasons {
			t.Errorf("%s: no response can meet the expectation: %s", name, reason)
		}
		return
	}
	var rep report
	compare(&rep, resp)
	rep.fail(t, name, resp)
}

func result[R Response](response R) (*http.Response, error) {
	switch r := any(response).(type) {
	case *http.Response:
		if r != nil {
			if r.Header == nil {
				r.Header = http.Header{}
			}
			return r, nil
		}
	case *httptest.ResponseRecorder:
		if r != nil {
			return r.Result(), nil
		}
	}
	return nil, fmt.Errorf("the response is a nil %T; check the error that was returned with it", response)
}

// onceFields are the fields that a download has at most once (RFC 9110 section 5.3).
var onceFields = []string{
	"Content-Disposition", "Content-Type", "Content-Length", "Content-Range", "ETag", "Last-Modified",
}

func (w *Want) compare(rep *report, resp *http.Response) {
	h := resp.Header
	if w.Status != 0 {
		rep.same("Status", statusText(w.Status), statusText(resp.StatusCode))
	}
	w.compareDisposition(rep, h)
	rep.field(h, "Content-Type", w.ContentType)
	if w.MediaType != "" {
		rep.same("Media type", mediaType(w.MediaType), mediaType(h.Get("Content-Type")))
	}
	rep.field(h, "Content-Range", w.ContentRange)
	rep.field(h, "ETag", w.ETag)
	if !w.LastModified.IsZero() {
		rep.field(h, "Last-Modified", w.LastModified.UTC().Format(http.TimeFormat))
	}
	rep.field(h, "Cache-Control", w.CacheControl)
	rep.fields(h, w.Header)
	for _, name := range onceFields {
		if values := h.Values(name); len(values) > 1 {
			rep.fault("%s is sent %d times: %s", name, len(values), quoteAll(values))
		}
	}
	w.compareBody(rep, resp)
}
