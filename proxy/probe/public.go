package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// checkPublic requests the objects as clients do.
func (r *run) checkPublic(ctx context.Context) {
	for _, name := range names {
		key := r.Prefix + name
		a, err := r.get(ctx, r.PublicURL+escaped(key), nil)
		if err != nil {
			r.found(reverse, fmt.Sprintf("no response: %v", err), "start the proxy, and check its address")
			return
		}
		if r.Mode == Redirect && a.header.Get("Location") != "" {
			if a, err = r.follow(ctx, a.header.Get("Location")); err != nil {
				r.found(endToEnd, fmt.Sprintf("no response from the redirect's target: %v", err),
					"use an endpoint that clients reach, in Presign.Public or the mounts of the CDN")
				return
			}
		}
		if !r.checkContent(a, key) {
			return
		}
		if name == names[0] {
			r.checkFields(ctx, a, key)
		}
	}
	r.checkLocations(ctx)
}

// checkContent reports whether a response is the object. If it is not, the status indicates the cause.
func (r *run) checkContent(a *response, key string) bool {
	unusual := strings.HasSuffix(key, names[1])
	switch {
	case a.offload() != "":
		r.found(reverse, a.offload()+" reaches the client: no proxy applies it",
			"use the URL of the proxy, and enable the field there (lighttpd: x-sendfile, Apache: XSendFile On, Caddy: handle_response)")
	case a.status == http.StatusOK && a.body == r.contents[key]:
		return true
	case a.status == http.StatusOK && a.body == "":
		r.found(reverse, "responds 200 with an empty body", "the proxy drops the field: enable it there")
	case a.status == http.StatusOK:
		r.found(endToEnd, "the response is another file", "show the bucket of Mount.Store at Mount.Location")
	case a.status == http.StatusNotFound && unusual:
		r.found(endToEnd, "a name with spaces and percent signs is not found, a plain name is",
			"set XSendfile.Paths to what the proxy reads: RawPaths for Apache, EscapedPaths for lighttpd")
	case a.status == http.StatusNotFound:
		r.found(reverse, "does not find the file",
			"Mount.Location must be the location's path, and its alias the directory of the bucket, both with a slash at the end")
	case a.status == http.StatusForbidden:
		r.found(reverse, "has no permission to read the file, or the storage rejects the URL",
			"let the proxy's user read the directory and its parents; for presigned URLs check the clock and the endpoint")
	case a.status == http.StatusInternalServerError:
		r.found(reverse, "redirects to itself, or has no such location",
			"define the internal location of Mount.Location; for presigned URLs list the storage in the map of allowed ones")
	case a.status == http.StatusBadGateway:
		r.found(reverse, "cannot use the response of the application or the storage",
			"check the application's address in it, and set proxy_buffer_size 16k; for presigned URLs list the storage in the map "+
				"of allowed ones, and use an endpoint that the proxy reaches")
	default:
		r.found(reverse, fmt.Sprintf("responds %d", a.status), "its error log has the cause")
	}
	return false
}

// checkLocations requests the object from the locations that only the application may redirect to.
func (r *run) checkLocations(ctx context.Context) {
	u, err := url.Parse(r.PublicURL)
	if err != nil {
		return
	}
	key := r.Prefix + names[0]
	reaches := func(path string) bool {
		a, err := r.get(ctx, u.Scheme+"://"+u.Host+path, nil)
		return err == nil && a.body == r.contents[key]
	}
	signed, err := r.Storage.File(key).SignedURL(ctx, wrapper.SignOptions{})
	if err != nil {
		signed = "" // the storage has no URLs that a location could fetch
	}
	for _, location := range r.Locations {
		if reaches(location+escaped(key)) || reaches(location+names[0]) {
			r.found(reverse, "the location "+location+" is reachable from outside: all clients can read all files",
				"add `internal;` to the location")
			return
		}
		redirected := strings.HasPrefix(r.target, location+"?") && reaches(r.target)
		if redirected || signed != "" && reaches(location+"?"+signed) {
			r.found(reverse, "the location "+location+" is reachable from outside: it relays all clients to the listed storages",
				"add `internal;` to the location")
			return
		}
	}
}
