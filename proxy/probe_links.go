package proxy

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// application asks it alone, as the front server does.
func (r *probeRun) application(ctx context.Context) {
	if r.App == "" {
		return
	}
	key := r.Prefix + probeNames[0]
	a, err := r.get(ctx, r.url(r.App, key), r.Header)
	if err == nil {
		if to := a.header.Get("X-Accel-Redirect"); strings.Contains(to, "?") {
			r.fetched = to
		}
	}
	switch {
	case err != nil:
		r.found("application", fmt.Sprintf("does not answer: %v", err), "start it, and check its address")
	case a.status == http.StatusNotFound:
		r.found("application",
			"does not know the object that was just written", "let it serve the same bucket, and check the path of its handler")
	case a.status >= http.StatusBadRequest:
		r.found("application", fmt.Sprintf("answers %d", a.status), "its log has the cause")
	case r.Mode == ProbeHeader && a.handedOver() == "":
		r.found("application", "sends the file itself",
			"give its Server an Optimizer, with a mount for the store and the prefix; with ForClient, set Probe.Header to the proof")
	case r.Mode == ProbeRedirect && a.header.Get("Location") == "":
		r.found("application", "sends the file itself",
			"give its Server a Presign or a CDN; its log says when a storage cannot sign")
	}
	if err == nil && r.Mode == ProbeHeader && len(r.Header) > 0 {
		stranger, err := r.get(ctx, r.url(r.App, key), nil)
		switch {
		case err != nil:
		case stranger.handedOver() != "":
			r.found("application", stranger.handedOver()+" is told to everybody who reaches it directly",
				"put the optimizer behind When and ForClient, with the proof that the front server adds")
		case !strings.Contains(a.header.Get("X-Accel-Redirect"), "?"): // the store's validators are the same on both sides
			r.told, r.streamed = a, stranger
		}
	}
}

// edge asks as clients do, with all links together.
func (r *probeRun) edge(ctx context.Context) {
	for _, name := range probeNames {
		key := r.Prefix + name
		a, err := r.get(ctx, r.url(r.Edge, key), nil)
		if err != nil {
			r.found("edge", fmt.Sprintf("does not answer: %v", err), "start the front server, and check its address")
			return
		}
		if r.Mode == ProbeRedirect && a.header.Get("Location") != "" {
			if a, err = r.follow(ctx, a.header.Get("Location")); err != nil {
				r.found("all together", fmt.Sprintf("the redirect leads to what does not answer: %v", err),
					"name an endpoint that clients reach, by Presign.Public or the mounts of the CDN")
				return
			}
		}
		if !r.right(a, key) {
			return
		}
		if name == probeNames[0] {
			r.fields(ctx, a, key)
		}
	}
	r.outside(ctx)
}

func (r *probeRun) follow(ctx context.Context, location string) (*probeAnswer, error) {
	a, err := r.get(ctx, location, nil)
	if err != nil {
		return nil, fmt.Errorf("%s", hostIn(location)) // the URL holds a signature
	}
	return a, nil
}

func hostIn(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return "not a URL"
	}
	return u.Host
}

// right reports whether an answer is the object's content, and else what may be the reason.
func (r *probeRun) right(a *probeAnswer, key string) bool {
	odd := strings.HasSuffix(key, probeNames[1])
	switch {
	case a.handedOver() != "":
		r.found("edge", a.handedOver()+" leaks to the client: nobody in front obeys it",
			"point the URL at the front server, and switch the field on there "+
				"(lighttpd: x-sendfile, Apache: XSendFile On, Caddy: handle_response)")
	case a.status == http.StatusOK && a.body == r.contents[key]:
		return true
	case a.status == http.StatusOK && a.body == "":
		r.found("edge", "answers 200 with nothing in it", "the front server drops the field: switch it on there")
	case a.status == http.StatusOK:
		r.found("all together", "the file that comes is another one",
			"let the place that the mount names show the bucket of Mount.Store: it shows another")
	case a.status == http.StatusNotFound && odd:
		r.found("all together", "a name with blanks and percent signs is not found, a plain one is",
			"set XSendfile.Paths to what the server reads: RawPaths for Apache, EscapedPaths for lighttpd")
	case a.status == http.StatusNotFound:
		r.found("edge", "does not find the file that it is told",
			"Mount.At must be the location's path, and its alias the directory of the bucket, both with a slash at the end")
	case a.status == http.StatusForbidden:
		r.found("edge", "may not read the file, or the URL is refused",
			"let the front server's user read the directory and those above it; for presigned URLs check the clock and the endpoint")
	case a.status == http.StatusInternalServerError:
		r.found("edge", "goes round in circles, or knows no such location",
			"define the internal location that Mount.At names; for presigned URLs list the store in the map of allowed ones")
	case a.status == http.StatusBadGateway:
		r.found("edge", "cannot use what the application or the store says",
			"check the address of the application in it, and give proxy_buffer_size 16k; for presigned URLs list the store in the map "+
				"of allowed ones, and name one that the front server reaches")
	default:
		r.found("edge", fmt.Sprintf("answers %d", a.status), "its error log has the cause")
	}
	return false
}

// kept are the fields that a front server must not drop, and where they come from.
var kept = []string{"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy"}

// fields looks at what surrounds the content.
func (r *probeRun) fields(ctx context.Context, a *probeAnswer, key string) {
	if !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		r.found("edge", "Content-Disposition is not the application's", "do not set it there, and hide the store's own")
	}
	if r.Mode == ProbeRedirect {
		return // the store's answer has the store's fields
	}
	for _, name := range kept {
		if a.header.Get(name) == "" {
			r.found("edge", "drops "+name, "give it back by add_header, as docs/servers/nginx.conf does")
		}
	}
	etag := a.header.Get("ETag")
	switch {
	case etag == "":
		r.found("edge", "sends no ETag", "switch etag on in the location; one that sends the application's, such as /_checked/ of "+
			"docs/servers/nginx.conf, wants Validators: blobdownload.AppValidators (-own-validators)")
	case etag == `"0"`:
		r.found("edge", `gives every file the ETag "0"`, "switch XSendFileIgnoreEtag off, and use blobdownload.AppValidators")
	case r.Validators == blobdownload.AppValidators && r.App != "":
		app, err := r.get(ctx, r.url(r.App, key), r.Header)
		if err == nil && app.header.Get("ETag") != "" && app.header.Get("ETag") != etag {
			r.found("edge", "sends an ETag of its own beside the application's",
				"use the location of the documents whose validators are the application's, or Validators: blobdownload.ProxyValidators")
		}
	}
	part, err := r.get(ctx, r.url(r.Edge, key), http.Header{"Range": {"bytes=0-3"}})
	if err == nil && r.streamed != nil && r.passedOn(ctx, etag, key) {
		r.found("all together", "the application sends the file itself, and the front server passes it on",
			"let the front server add the proof that the application asks for, with the same value")
	}
	if err == nil && (part.status != http.StatusPartialContent || part.body != r.contents[key][:4]) {
		r.found("edge", "does not obey Range", "do not set max_ranges to 0, and do not hide the request's Range")
	}
}

// passedOn reports whether what came is not of the front server's making: it has the application's validators where
// the front server is told none, or several parts have the boundary of the application's.
func (r *probeRun) passedOn(ctx context.Context, etag, key string) bool {
	if r.told.header.Get("ETag") == "" {
		return etag == r.streamed.header.Get("ETag")
	}
	parts, err := r.get(ctx, r.url(r.Edge, key), http.Header{"Range": {"bytes=0-3,-4"}})
	if err != nil {
		return false
	}
	_, params, err := mime.ParseMediaType(parts.header.Get("Content-Type"))
	return err == nil && ownBoundary.MatchString(params["boundary"])
}

// ownBoundary is that of blobdownload, crypto/rand.Text in small letters. nginx's has decimal digits, Apache's and Caddy's
// hexadecimal ones, and lighttpd's is always the same word.
var ownBoundary = regexp.MustCompile(`^[a-z2-7]{26}$`)

// outside asks for the file where only the application may send the front server.
func (r *probeRun) outside(ctx context.Context) {
	u, err := url.Parse(r.Edge)
	if err != nil {
		return
	}
	key := r.Prefix + probeNames[0]
	reaches := func(path string) bool {
		a, err := r.get(ctx, u.Scheme+"://"+u.Host+path, nil)
		return err == nil && a.body == r.contents[key]
	}
	signed, err := r.Storage.File(key).SignedURL(ctx, wrapper.SignOptions{})
	if err != nil {
		signed = "" // nobody can be sent to it
	}
	for _, at := range r.Locations {
		if reaches(at+escaped(strings.Split(key, "/"))) || reaches(at+probeNames[0]) {
			r.found("edge", "the location "+at+" is reachable from outside: everybody can read every file",
				"write `internal;` into the location")
			return
		}
		handedOver := strings.HasPrefix(r.fetched, at+"?") && reaches(r.fetched)
		if handedOver || signed != "" && reaches(at+"?"+signed) {
			r.found("edge", "the location "+at+" is reachable from outside: it relays everybody to the stores that are listed",
				"write `internal;` into the location")
			return
		}
	}
}
