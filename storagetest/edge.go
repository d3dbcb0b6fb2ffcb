package storagetest

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Edge is a front server inside the test: a handler that does with X-Accel-Redirect what nginx 1.22 with
// docs/servers/nginx.conf was measured to do, which of the application's fields survive, what is decoded,
// who decides conditions. It needs no server installed, and no port:
//
//	edge := &storagetest.Edge{App: handler, Locations: []storagetest.EdgeLocation{{At: "/_files/", Files: root.FS()}}}
//	edge.ServeHTTP(recorder, request)
//
// A transcript of what nginx answers to the same requests is compared with it by the end-to-end tests. It
// does not fetch presigned URLs.
type Edge struct {
	App       http.Handler
	Locations []EdgeLocation

	// Header is added to every request on its way to App, as proxy_set_header does.
	Header http.Header
}

// EdgeLocation is an internal location: files that only an answer of the application leads to.
type EdgeLocation struct {
	At    string // with a slash at its end
	Files fs.FS

	// Validators says whose ETag and Last-Modified are sent; 0 means those of nginx (blobdownload.ProxyValidators).
	Validators blobdownload.Validators

	// Bare is a location that gives back none of the fields that nginx drops: what a configuration
	// without the documents' add_header lines does.
	Bare bool
}

// edgeHops is how often nginx follows redirects inside of itself.
const edgeHops = 10

// ServeHTTP answers what a client of nginx would get.
func (e *Edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if at, _ := e.location(r.URL.Path); at != nil {
		edgeError(w, http.StatusNotFound, nil) // internal
		return
	}
	e.proxy(w, r, r, edgeHops)
}

// proxy asks the application; in is the client's request, whose fields count for files.
func (e *Edge) proxy(w http.ResponseWriter, r, in *http.Request, hops int) {
	up := r.Clone(r.Context())
	for name, values := range e.Header {
		up.Header[http.CanonicalHeaderKey(name)] = values
	}
	rec := &edgeWriter{w: w, header: http.Header{}}
	e.App.ServeHTTP(rec, up)
	if !rec.wrote {
		rec.WriteHeader(http.StatusOK)
	}
	if !rec.redirected {
		return
	}
	path, ok := edgePath(rec.header.Get("X-Accel-Redirect"))
	switch at, name := e.location(path); {
	case strings.HasPrefix(path, "@") || hops == 0:
		edgeError(w, http.StatusInternalServerError, rec.header)
	case !ok:
		edgeError(w, http.StatusNotFound, rec.header)
	case at != nil:
		at.serve(w, in, name, rec.header)
	default: // any location can be named, this one too
		again := r.Clone(r.Context())
		again.Method, again.URL = http.MethodGet, &url.URL{Path: path}
		e.proxy(w, again, in, hops-1)
	}
}

// location returns the longest location that a path lies in, and the file's name in it.
func (e *Edge) location(path string) (at *EdgeLocation, name string) {
	for i := range e.Locations {
		l := &e.Locations[i]
		if rest, ok := strings.CutPrefix(path, l.At); ok && (at == nil || len(l.At) > len(at.At)) {
			at, name = l, rest
		}
	}
	return at, name
}

// edgePath decodes the path of an X-Accel-Redirect once. Only '%' and the first '?' mean something.
func edgePath(value string) (path string, ok bool) {
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

// edgeWriter passes an answer on, unless it is a redirect to a location.
type edgeWriter struct {
	w                 http.ResponseWriter
	header            http.Header
	wrote, redirected bool
}

func (w *edgeWriter) Header() http.Header { return w.header }

func (w *edgeWriter) WriteHeader(code int) {
	if w.wrote {
		return
	}
	w.wrote = true
	if w.header.Get("X-Accel-Redirect") != "" {
		w.redirected = true // whatever the status is
		return
	}
	for name, values := range w.header {
		if !strings.HasPrefix(http.CanonicalHeaderKey(name), "X-Accel-") {
			w.w.Header()[name] = values
		}
	}
	w.w.WriteHeader(code)
}

func (w *edgeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.redirected {
		return len(p), nil
	}
	return w.w.Write(p)
}
