package blobdownload

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/internal/mediatype"
)

// activeTypes are the media types whose content a browser runs.
var activeTypes = []string{"application/xhtml+xml", "application/xml", "image/svg+xml", "text/html", "text/xml"}

func isActive(contentType string) bool {
	kind, _, _ := strings.Cut(mediatype.Clean(contentType), ";")
	return slices.Contains(activeTypes, kind)
}

// isSandbox reports whether a field value is one content security policy with a sandbox directive. The directive must
// allow neither the site's origin nor navigation of the top frame. A comma would begin another policy.
func isSandbox(policy string) bool {
	if strings.ContainsFunc(policy, func(r rune) bool { return r < ' ' || r >= 0x7f || r == ',' }) {
		return false
	}
	for directive := range strings.SplitSeq(policy, ";") {
		words := strings.Fields(strings.ToLower(directive))
		if len(words) == 0 || words[0] != "sandbox" {
			continue
		}
		// Of several the first counts (Content Security Policy Level 3, section 2.2.1).
		return !slices.ContainsFunc(words[1:], func(word string) bool {
			return word == "allow-same-origin" || strings.HasPrefix(word, "allow-top-navigation")
		})
	}
	return false
}

// applySandbox makes the browser show the document in its sandbox. Only streamed responses do so: a cloud would
// send the content without the policy.
func (d *Download) applySandbox(h http.Header) {
	contentType := h.Get("Content-Type")
	if !d.Inline || !isActive(contentType) || !isSandbox(d.Sandbox) {
		return
	}
	h.Set("Content-Disposition", disposition.Format(true, d.offer(contentType).name))
	h.Set("Content-Security-Policy", d.Sandbox)
}
