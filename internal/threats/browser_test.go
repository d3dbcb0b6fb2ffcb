package threats_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// CD2, CD14, CD26: neither a request field nor the form of the URL changes how content is shown.
func TestRequestDoesNotDecideOnSafety(t *testing.T) {
	t.Parallel()
	r := newBucketServer(t, nil)
	r.put(t, "test.svg", "<svg/>")
	plain := r.do(t, http.MethodGet, "/?key=test.svg")
	assert.True(t, strings.HasPrefix(plain.Header.Get("Content-Disposition"), "attachment"))
	for _, target := range []string{
		"/?key=test%2Esvg", "/?key=test.svg&inline=1", "/?key=test.svg&disposition=inline", "/?key=test.svg&response-content-type=text/html",
		"/x.html?key=test.svg", "/setup.bat;/?key=test.svg", "/x.png?key=test.svg", "/%2e%2e/?key=test.svg",
	} {
		got := r.do(t, http.MethodGet, target, "Accept", "text/html", "X-Forwarded-Host", "evil.example", "Content-Disposition", "inline")
		for _, field := range []string{"Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options"} {
			assert.Equal(t, plain.Header.Get(field), got.Header.Get(field), "%s %s", target, field)
		}
	}
}

// CD30: a file is shown inline only if its extension and its media type agree.
func TestNameAndTypeThatDisagree(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, contentType string
		inline            bool
	}{
		{"a.png", "image/png", true},
		{"a.html", "image/png", false},
		{"a.svg", "image/png", false},
		{"a.png", "text/html", false},
		{"a", "image/png", true},
		{"a.HTML", "text/plain", false},
	} {
		r := newBucketServer(t, serveOnly(blobdownload.Download{File: wrapper.Bytes(tc.name, []byte("x")), ContentType: tc.contentType, Inline: true}))
		disposition := r.do(t, http.MethodGet, "/").Header.Get("Content-Disposition")
		assert.Equal(t, tc.inline, strings.HasPrefix(disposition, "inline"), "%s %s: %s", tc.name, tc.contentType, disposition)
	}
}
