package blobdownload

import (
	"context"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/go-downloadview/downloadview/wrapper"
)

// The beginning of the content that is read, and its Range.
const (
	sniffSize  = 3072
	sniffRange = "bytes=0-3071"
)

// sniff returns the download with the detected type of its content.
func (d *Download) sniff(ctx context.Context) *Download {
	c := *d
	c.found = mimetype.Lookup("application/octet-stream")
	resp, err := d.File.Fetch(ctx, wrapper.Request{Range: sniffRange})
	if err != nil || resp.Body == nil {
		return &c // the response will be an error, or empty
	}
	defer resp.Close()
	head := make([]byte, sniffSize)
	n, _ := io.ReadFull(resp.Body, head)
	c.found = mimetype.Detect(head[:n])
	return &c
}

// contradictsType reports whether the detected type contradicts a media type. Unrecognized content contradicts
// nothing: no list of formats is complete.
func contradictsType(found *mimetype.MIME, contentType string) bool {
	if found.Is("application/octet-stream") || found.Is(contentType) {
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
				return false // shown as text
			}
		}
		return true
	}
	return isActive(found.String()) || family(found.String()) != family(contentType) || family(contentType) == "application"
}
