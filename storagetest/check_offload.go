package storagetest

import (
	"fmt"
	"net/http"
)

// handedOver returns why an answer to a front server cannot be as wanted.
func impossibleOffload(w *Want, field string) (reasons []string) {
	if w.Status != 0 && w.Status != http.StatusOK {
		reasons = append(reasons, fmt.Sprintf(
			"Status %d is wanted together with %s, which must be sent with a 200: servers disagree on all others", w.Status, field))
	}
	if w.Body != "" {
		reasons = append(reasons, fmt.Sprintf("Body is wanted together with %s, which the front server drops it for", field))
	}
	if w.ContentRange != "" {
		reasons = append(reasons, fmt.Sprintf("ContentRange is wanted together with %s: the front server decides on ranges", field))
	}
	if !w.isZero() {
		reasons = append(reasons, w.impossible()...)
	}
	return reasons
}

// compareHandedOver compares what an answer to a front server has besides the file's place.
func compareOffload(rep *report, resp *http.Response, w *Want) {
	c := *w
	c.Status = http.StatusOK
	c.compare(rep, resp)
	rep.none(resp.Header, "the front server sends another body than this one", "Content-Length", "Content-Range", "Transfer-Encoding")
}
