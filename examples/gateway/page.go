package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed templates
var templateFiles embed.FS

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"plain": plainName, "shown": shownName, "size": sizeText, "time": timeText,
}).ParseFS(templateFiles, "templates/*.html"))

// pagePolicy permits what the page itself has: a style sheet, a script and previews, all of this host.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; frame-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// page holds the data of the templates. One of Folder, File and Index is set, or Notice alone.
type page struct {
	Title   string
	Buckets []link // of the user
	Crumbs  []link
	Notice  *notice
	Folder  *folderPage
	File    *filePage
	Index   bool
}

// link is an address with the name of its target. Without URL it is the current page.
type link struct {
	Name, URL string
}

// notice is a failure in words, with a way on.
type notice struct {
	Status        int
	Heading, Text string
	Ways          []link
}

// notFound is the notice of everything that does not exist or that fails the permission check.
func notFound(ways ...link) *notice {
	return &notice{http.StatusNotFound, "Nothing is here",
		"There is no such file or folder, or it is not yours to read. It may have been deleted meanwhile.", ways}
}

// newPage returns a page with the buckets that the user may list.
func (s *site) newPage(r *http.Request) *page {
	p := &page{Title: "Files"}
	for _, b := range s.buckets {
		if s.access.allows(r, b.Name, "", opList) {
			p.Buckets = append(p.Buckets, link{b.title(), pagePath(b.Name, "")})
		}
	}
	return p
}

// locate sets title and breadcrumbs for a path of a bucket.
func (p *page) locate(b *servedBucket, path string) {
	p.Title = b.title()
	p.Crumbs = []link{{b.title(), pagePath(b.Name, "")}}
	rest := path
	for rest != "" {
		name, after, _ := strings.Cut(rest, "/")
		p.Title = name
		p.Crumbs = append(p.Crumbs, link{name, pagePath(b.Name, path[:len(path)-len(after)])})
		rest = after
	}
	p.Crumbs[len(p.Crumbs)-1].URL = ""
}

// parent returns the way to the folder that has the page's file or folder.
func (p *page) parent() link {
	if i := len(p.Crumbs) - 2; i >= 0 {
		return link{"Open " + plainName(p.Crumbs[i].Name), p.Crumbs[i].URL}
	}
	return link{"All buckets", "/"}
}

// write sends the page as HTML, or body as JSON if the client prefers it.
func (s *site) write(w http.ResponseWriter, r *http.Request, p *page, body any) {
	status := http.StatusOK
	if p.Notice != nil {
		status = p.Notice.Status
		if body == nil {
			body = map[string]string{"error": p.Notice.Heading + ". " + p.Notice.Text}
		}
	}
	h := w.Header()
	var b bytes.Buffer
	var err error
	if wantsJSON(r) {
		h.Set("Content-Type", "application/json")
		err = json.NewEncoder(&b).Encode(body)
	} else {
		h.Set("Content-Type", "text/html; charset=utf-8")
		err = pageTemplates.ExecuteTemplate(&b, "page.html", p)
	}
	if err != nil {
		s.server.Error(w, r, err)
		return
	}
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// wantsJSON reports whether a request prefers JSON to HTML.
func wantsJSON(r *http.Request) bool {
	for _, kind := range accepted(r) {
		switch kind {
		case "application/json":
			return true
		case "text/html":
			return false
		}
	}
	return false
}

// accepted returns the media types in a request's Accept, in lower case.
func accepted(r *http.Request) (kinds []string) {
	for _, line := range r.Header.Values("Accept") {
		for kind := range strings.SplitSeq(line, ",") {
			kind, _, _ = strings.Cut(kind, ";")
			kinds = append(kinds, strings.ToLower(strings.TrimSpace(kind)))
		}
	}
	return kinds
}

// escapePath returns a path whose segments are escaped once.
func escapePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

func pagePath(bucket, path string) string {
	return "/b/" + url.PathEscape(bucket) + "/" + escapePath(path)
}

func filePath(bucket, path string) string {
	return "/f/" + url.PathEscape(bucket) + "/" + escapePath(path)
}

// storageTimeout is the maximum time in which the storage must answer a page.
const storageTimeout = 15 * time.Second
