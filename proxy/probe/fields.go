package probe

import (
	"context"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// security are the application's fields that a proxy must keep.
var security = []string{"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy"}

// checkFields checks the header fields of a response with the right content, and a range of it.
func (r *run) checkFields(ctx context.Context, a *response, key string) {
	if !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		r.found(reverse, "Content-Disposition is not the application's", "do not set it in the proxy, and hide the storage's")
	}
	if r.Mode == Redirect {
		return // the other fields are the storage's
	}
	for _, name := range security {
		if a.header.Get(name) == "" {
			r.found(reverse, "drops "+name, "restore it with add_header, as docs/servers/nginx.conf does")
		}
	}
	etag := a.header.Get("ETag")
	r.checkETag(ctx, etag, key)
	part, err := r.get(ctx, r.PublicURL+escaped(key), http.Header{"Range": {"bytes=0-3"}})
	if err != nil {
		return
	}
	if r.streamed != nil && r.isStreamed(ctx, etag, key) {
		r.found(endToEnd, "the application streams the file, and the proxy forwards it",
			"add the proof to requests in the proxy, with the application's value")
	}
	if part.status != http.StatusPartialContent || part.body != r.contents[key][:4] {
		r.found(reverse, "ignores Range", "do not set max_ranges to 0, and do not remove Range from the request")
	}
}

func (r *run) checkETag(ctx context.Context, etag, key string) {
	switch {
	case etag == "":
		r.found(reverse, "sends no ETag", "enable etag in the location; a location for the application's ETag, such as /_checked/ of "+
			"docs/servers/nginx.conf, needs Validators: blobdownload.AppValidators (-own-validators)")
	case etag == `"0"`:
		r.found(reverse, `sends the ETag "0" for every file`, "set XSendFileIgnoreEtag off, and use blobdownload.AppValidators")
	case r.Validators == blobdownload.AppValidators && r.AppURL != "":
		app, err := r.get(ctx, r.AppURL+escaped(key), r.Header)
		if err == nil && app.header.Get("ETag") != "" && app.header.Get("ETag") != etag {
			r.found(reverse, "sends its own ETag instead of the application's",
				"use the location for the application's validators, or Validators: blobdownload.ProxyValidators")
		}
	}
}

// isStreamed reports whether the application made the response, and not the proxy. Without validators in an offloaded
// response, the application's ETag shows that; with them, the boundary of a multipart response does.
func (r *run) isStreamed(ctx context.Context, etag, key string) bool {
	if r.offloaded.header.Get("ETag") == "" {
		return etag == r.streamed.header.Get("ETag")
	}
	parts, err := r.get(ctx, r.PublicURL+escaped(key), http.Header{"Range": {"bytes=0-3,-4"}})
	if err != nil {
		return false
	}
	_, params, err := mime.ParseMediaType(parts.header.Get("Content-Type"))
	return err == nil && appBoundary.MatchString(params["boundary"])
}

// appBoundary matches the boundaries of blobdownload, crypto/rand.Text in lower case. nginx has decimal digits, Apache
// and Caddy have hexadecimal ones, and lighttpd's boundary is a constant.
var appBoundary = regexp.MustCompile(`^[a-z2-7]{26}$`)
