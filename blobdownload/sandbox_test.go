package blobdownload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestSandbox(t *testing.T) {
	t.Parallel()
	const good = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
	for name, tc := range map[string]struct {
		contentType, sandbox string
		inline               bool
	}{
		"SVG":                     {"image/svg+xml", good, true},
		"HTML":                    {"text/html; charset=utf-8", good, true},
		"XML":                     {"application/xml", good, true},
		"scripts, shut in":        {"text/html", "sandbox allow-scripts", true},
		"no policy":               {"text/html", "", false},
		"no sandbox":              {"text/html", "default-src 'none'", false},
		"with the site's origin":  {"text/html", "sandbox allow-scripts allow-same-origin", false},
		"navigates away":          {"text/html", "sandbox Allow-Top-Navigation-By-User-Activation", false},
		"the first one counts":    {"text/html", "sandbox allow-same-origin; sandbox", false},
		"a comma ends the policy": {"text/html", "sandbox allow-same-origin,", false},
		"two policies":            {"text/html", "sandbox allow-scripts, sandbox allow-same-origin", false},
		"two fields":              {"text/html", "sandbox\r\nX: y", false},
		"not a document":          {"application/zip", good, false},
		"another spelling":        {"IMAGE/SVG+XML", good, true},
		"two types":               {"image/svg+xml,text/html", good, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := blobdownload.Download{File: newCountingSource("<svg/>").file("a.bin"), Inline: true, ContentType: tc.contentType, Sandbox: tc.sandbox}
			policyOfASite := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Security-Policy", "default-src 'self'")
					next.ServeHTTP(w, r)
				})
			}
			for _, h := range []http.Handler{handlerOf(d), policyOfASite(handlerOf(d))} {
				resp := exchange(t, h, "GET", "/")
				disposition := resp.Header.Get("Content-Disposition")
				assert.Equal(t, tc.inline, strings.HasPrefix(disposition, "inline"), disposition)
				if tc.inline {
					assert.Equal(t, tc.sandbox, resp.Header.Get("Content-Security-Policy"))
				}
				assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
			}
			front := quietServer()
			front.Optimizer = accelOptimizer
			resp := exchange(t, front.Handler(viewOf(&d)), "GET", "/")
			assert.True(t, strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment"), "a front server sends no policy")
			d.Inline = false
			resp = exchange(t, handlerOf(d), "GET", "/")
			assert.True(t, strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment"))
		})
	}
}
