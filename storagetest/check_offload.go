package storagetest

import (
	"fmt"
	"net/http"
)

// impossibleOffload returns the reasons why no offloaded response can meet w.
func impossibleOffload(w *Want, field string) (reasons []string) {
	if w.Status != 0 && w.Status != http.StatusOK {
		reasons = append(reasons, fmt.Sprintf(
			"Status %d contradicts %s, which must be sent with a 200: servers disagree on other statuses", w.Status, field))
	}
	if w.Body != "" {
		reasons = append(reasons, fmt.Sprintf("Body contradicts %s: the proxy drops the body", field))
	}
	if w.ContentRange != "" {
		reasons = append(reasons, fmt.Sprintf("ContentRange contradicts %s: the proxy evaluates ranges", field))
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
	rep.none(resp.Header, "the proxy sends another body", "Content-Length", "Content-Range", "Transfer-Encoding")
}
