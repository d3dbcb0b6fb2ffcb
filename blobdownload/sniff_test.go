package blobdownload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// CD22: content that contradicts its media type is an attachment, streamed or offloaded.
func TestSniff(t *testing.T) {
	t.Parallel()
	const (
		png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
		html = "<!DOCTYPE html><html><script>alert(1)</script></html>"
		svg  = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`
		pdf  = "%PDF-1.7\n"
		zip  = "PK\x03\x04\x14\x00\x00\x00\x00\x00"
	)
	for name, tc := range map[string]struct {
		content, declared string
		kept              bool
	}{
		"a picture":               {png, "image/png", true},
		"another picture":         {png, "image/jpeg", true},
		"HTML as a picture":       {html, "image/png", false},
		"SVG as a picture":        {svg, "image/png", false},
		"a picture as text":       {png, "text/plain; charset=utf-8", false},
		"HTML as text":            {html, "text/plain; charset=utf-8", true},
		"PDF":                     {pdf, "application/pdf", true},
		"HTML as PDF":             {html, "application/pdf", false},
		"an archive as a picture": {zip, "image/png", false},
		"an archive as a film":    {zip, "video/mp4", false},
		"not recognised":          {"\x00\x01\x02\x03", "image/png", true},
		"empty":                   {"", "image/png", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource(tc.content)
			rng := "bytes=0-0"
			if tc.content == "" {
				rng = ""
			}
			d := &blobdownload.Download{File: p.file("a"), Inline: true, ContentType: tc.declared, Sniff: true}
			front := quietServer()
			front.Optimizer = accelOptimizer
			for _, s := range []*blobdownload.Server{quietServer(), front} {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					resp := exchange(t, s.Handler(viewOf(d)), method, "/", "Range", rng)
					disposition := resp.Header.Get("Content-Disposition")
					assert.Equal(t, tc.kept, strings.HasPrefix(disposition, "inline"), disposition)
					want := "application/octet-stream"
					if tc.kept {
						want = tc.declared
					}
					assert.Equal(t, want, resp.Header.Get("Content-Type"))
				}
			}
		})
	}
}

func TestSniffIsForInlineContent(t *testing.T) {
	t.Parallel()
	p := newCountingSource("<html>")
	resp := exchange(t, quietServer().Handler(viewOf(&blobdownload.Download{File: p.file("a.html"), Sniff: true})), "GET", "/")
	assert.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	_, opens, _ := p.counts()
	assert.Equal(t, 1, opens)
}
