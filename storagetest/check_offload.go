package storagetest

import (
	"fmt"
	"net/http"
)

// impossibleOffload returns the reasons why no offloaded response can meet w.
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

// compareOffload compares an offloaded response, except for the field that names the file.
func compareOffload(rep *report, resp *http.Response, w *Want) {
	c := *w
	c.Status = http.StatusOK
	c.compare(rep, resp)
	rep.none(resp.Header, "the front server sends another body than this one", "Content-Length", "Content-Range", "Transfer-Encoding")
}
