package edge

import (
	"net/http"
	"net/url"
	"strings"
)

// Nginx is an http.Handler that answers X-Accel-Redirect as nginx 1.22 does with docs/servers/nginx.conf:
//
//	nginx := &edge.Nginx{App: handler, Locations: []edge.Location{{Prefix: "/_files/", Files: root.FS()}}}
//	nginx.ServeHTTP(recorder, request)
//
// An end-to-end test compares its responses with those of the real nginx. Presigned URLs are not supported:
// Nginx serves local files only. It is safe for concurrent use if its fields do not change and App is.
type Nginx struct {
	// App is the application, the upstream of nginx. It is required.
	App http.Handler

	// Locations are the internal locations. Without any, every X-Accel-Redirect is a request to App.
	Locations []Location

	// Header is added to every request to App, as proxy_set_header does. A nil Header adds nothing.
	Header http.Header
}

// maxRedirects is the limit of nginx for internal redirects in one request.
const maxRedirects = 10

// ServeHTTP writes the response that a client of nginx receives.
func (n *Nginx) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if at, _ := n.location(r.URL.Path); at != nil {
		writeError(w, http.StatusNotFound, nil) // internal
		return
	}
	n.proxy(w, r, r, maxRedirects)
}

// proxy requests r from the application. client is the client's request; its fields apply to files.
func (n *Nginx) proxy(w http.ResponseWriter, r, client *http.Request, redirects int) {
	up := r.Clone(r.Context())
	for name, values := range n.Header {
		up.Header[http.CanonicalHeaderKey(name)] = values
	}
	app := &appWriter{w: w, header: http.Header{}}
	n.App.ServeHTTP(app, up)
	if !app.wrote {
		app.WriteHeader(http.StatusOK)
	}
	if !app.redirected {
		return
	}
	path, ok := redirectPath(app.header.Get("X-Accel-Redirect"))
	switch at, name := n.location(path); {
	case strings.HasPrefix(path, "@") || redirects == 0:
		writeError(w, http.StatusInternalServerError, app.header)
	case !ok:
		writeError(w, http.StatusNotFound, app.header)
	case at != nil:
		at.serve(w, client, name, app.header)
	default: // the path of another location, including this one
		again := r.Clone(r.Context())
		again.Method, again.URL = http.MethodGet, &url.URL{Path: path}
		n.proxy(w, again, client, redirects-1)
	}
}

// location returns the location with the longest prefix of path, and the rest of the path.
func (n *Nginx) location(path string) (at *Location, name string) {
	for i := range n.Locations {
		l := &n.Locations[i]
		if rest, ok := strings.CutPrefix(path, l.Prefix); ok && (at == nil || len(l.Prefix) > len(at.Prefix)) {
			at, name = l, rest
		}
	}
	return at, name
}

// redirectPath decodes the path of an X-Accel-Redirect once. Only '%' and the first '?' are special.
func redirectPath(value string) (path string, ok bool) {
	if strings.HasPrefix(value, "@") {
		return value, true
	}
	path, _, _ = strings.Cut(value, "?")
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsRune(path, 0) {
		return "", false
	}
	for s := range strings.SplitSeq(path, "/") {
		if s == ".." {
			return "", false
		}
	}
	return path, true
}

// appWriter is the ResponseWriter of the application. It passes a response on to w, or stops a redirect.
type appWriter struct {
	w                 http.ResponseWriter
	header            http.Header
	wrote, redirected bool
}

func (w *appWriter) Header() http.Header { return w.header }

func (w *appWriter) WriteHeader(code int) {
	if w.wrote {
		return
	}
	w.wrote = true
	if w.header.Get("X-Accel-Redirect") != "" {
		w.redirected = true // with any status
		return
	}
	for name, values := range w.header {
		if !strings.HasPrefix(http.CanonicalHeaderKey(name), "X-Accel-") {
			w.w.Header()[name] = values
		}
	}
	w.w.WriteHeader(code)
}

func (w *appWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.redirected {
		return len(p), nil
	}
	return w.w.Write(p)
}
