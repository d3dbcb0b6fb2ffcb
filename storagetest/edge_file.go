package storagetest

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// What nginx keeps of the application's fields when it follows a redirect, and what the configuration gives
// back: the second kind on errors as well, the first on what is sent, and Vary alone of it on a 304.
var (
	edgeKept     = []string{"Content-Disposition", "Cache-Control", "Expires", "Set-Cookie", "Accept-Ranges"}
	edgeRestored = []string{"Vary", "Content-Encoding", "Content-Language"}
	edgeAlways   = []string{
		"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy",
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
	}
)

// edgeFile is a file on its way to a client.
type edgeFile struct {
	size    int64
	modTime time.Time // zero when if_modified_since is off
	etag    string    // "" when etag is off
}

// serve sends a file of the location, with the fields that the application gave.
func (l *EdgeLocation) serve(w http.ResponseWriter, r *http.Request, name string, app http.Header) {
	if !l.Bare {
		for _, field := range edgeAlways {
			copyField(w.Header(), app, field)
		}
	}
	content, fi := l.open(name)
	if content == nil {
		edgeError(w, http.StatusNotFound, app)
		return
	}
	defer content.Close()
	f := edgeFile{size: fi.Size(), modTime: fi.ModTime().Truncate(time.Second)}
	f.etag = fmt.Sprintf(`"%x-%x"`, f.modTime.Unix(), f.size)
	own := l.Validators == blobdownload.AppValidators
	status := f.precondition(r, own)
	h := w.Header()
	if status != http.StatusOK {
		if status == http.StatusNotModified && !own {
			h.Set("ETag", f.etag)
			h.Set("Last-Modified", f.modTime.UTC().Format(http.TimeFormat))
			for _, field := range edgeKept {
				copyField(h, app, field)
			}
			if !l.Bare {
				copyField(h, app, "Vary")
			}
			w.WriteHeader(status)
			return
		}
		edgeError(w, status, nil)
		return
	}
	for _, field := range edgeKept {
		copyField(h, app, field)
	}
	copyField(h, app, "Content-Type")
	l.restore(h, app)
	if own {
		copyField(h, app, "ETag")
		copyField(h, app, "Last-Modified")
		f.etag = app.Get("ETag")
		f.modTime, _ = http.ParseTime(app.Get("Last-Modified"))
	} else {
		h.Set("ETag", f.etag)
		h.Set("Last-Modified", f.modTime.UTC().Format(http.TimeFormat))
	}
	f.send(w, r, content, app)
}

func (l *EdgeLocation) restore(to, app http.Header) {
	if l.Bare {
		return
	}
	for _, field := range edgeRestored {
		copyField(to, app, field)
	}
}

func copyField(to, from http.Header, name string) {
	if v := from.Values(name); len(v) > 0 {
		to[http.CanonicalHeaderKey(name)] = v
	}
}

// open returns nil for all that is no regular file.
func (l *EdgeLocation) open(name string) (fs.File, fs.FileInfo) {
	f, err := l.Files.Open(name)
	if err != nil {
		return nil, nil
	}
	fi, err := f.Stat()
	if err != nil || !fi.Mode().IsRegular() {
		_ = f.Close()
		return nil, nil
	}
	return f, fi
}

// precondition decides as nginx's filter does. With the application's validators nginx has no tag when it
// comes to this, and so no If-Match holds.
func (f *edgeFile) precondition(r *http.Request, own bool) int {
	etag := f.etag
	if own {
		etag = ""
	}
	ims, inm := r.Header.Get("If-Modified-Since"), r.Header.Get("If-None-Match")
	if since, err := http.ParseTime(r.Header.Get("If-Unmodified-Since")); r.Header.Get("If-Unmodified-Since") != "" &&
		(err != nil || since.Before(f.modTime)) {
		return http.StatusPreconditionFailed
	}
	if im := r.Header.Get("If-Match"); im != "" && !edgeMatch(im, etag, false) {
		return http.StatusPreconditionFailed
	}
	if ims == "" && inm == "" {
		return http.StatusOK
	}
	if ims != "" {
		since, err := http.ParseTime(ims)
		if own || err != nil || since.Before(f.modTime) {
			return http.StatusOK
		}
	}
	if inm != "" && !edgeMatch(inm, etag, true) {
		return http.StatusOK
	}
	return http.StatusNotModified
}

func edgeMatch(list, etag string, weak bool) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		if etag != "" && tag == etag {
			return true
		}
	}
	return false
}

// edgeError sends nginx's own page, which keeps the application's disposition.
func edgeError(w http.ResponseWriter, code int, app http.Header) {
	h := w.Header()
	for _, field := range edgeKept {
		copyField(h, app, field)
	}
	text := fmt.Sprintf("<html><head><title>%d %s</title></head></html>\n", code, http.StatusText(code))
	h.Set("Content-Type", "text/html")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}
