package blobdownload

import (
	"context"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/go-downloadview/downloadview/wrapper"
)

// sniffed is how much of a content's beginning is looked at.
const (
	sniffSize  = 3072
	sniffRange = "bytes=0-3071"
)

// sniff looks at what is going to be shown. It opens the content for it, before anybody decides on it.
func (d *Download) sniff(ctx context.Context) *Download {
	if !d.Sniff || !d.Inline {
		return d
	}
	c := *d
	c.found = mimetype.Lookup("application/octet-stream")
	resp, err := d.File.Fetch(ctx, wrapper.Request{Range: sniffRange})
	if err != nil || resp.Body == nil {
		return &c // there is nothing to be shown, as the answer is going to tell
	}
	defer resp.Close()
	head := make([]byte, sniffSize)
	n, _ := io.ReadFull(resp.Body, head)
	c.found = mimetype.Detect(head[:n])
	return &c
}

// belies reports whether the content is seen to be another kind of thing than its type says. Content that
// is not recognised belies nothing: no list of formats is complete.
func contradictsType(found *mimetype.MIME, contentType string) bool {
	if found == nil || found.Is("application/octet-stream") || found.Is(contentType) {
		return false
	}
	family := func(s string) string {
		top, _, _ := strings.Cut(s, "/")
		if top == "audio" {
			top = "video" // containers hold either
		}
		return top
	}
	if family(contentType) == "text" {
		for m := found; m != nil; m = m.Parent() {
			if m.Is("text/plain") {
				return false // shown as the text that it is
			}
		}
		return true
	}
	return isActive(found.String()) || family(found.String()) != family(contentType) || family(contentType) == "application"
}
