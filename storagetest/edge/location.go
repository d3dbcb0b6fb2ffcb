package edge

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Location is an internal location of nginx: files that only an X-Accel-Redirect can name.
type Location struct {
	// Prefix is the prefix of the location's paths, with a slash at its end.
	Prefix string

	// Files are the files of the location, each at its path without Prefix. Only regular files are served.
	Files fs.FS

	// Validators selects whose ETag and Last-Modified are sent. The zero value means those of nginx,
	// blobdownload.ProxyValidators.
	Validators blobdownload.Validators

	// Bare is a location without the add_header lines of docs/servers/nginx.conf. It restores none of the
	// fields that nginx drops.
	Bare bool
}

var (
	// keptFields are the application's fields that nginx keeps across a redirect.
	keptFields = []string{"Content-Disposition", "Cache-Control", "Expires", "Set-Cookie", "Accept-Ranges"}

	// restoredFields are those that the configuration restores in a response with content. Vary is also in a 304.
	restoredFields = []string{"Vary", "Content-Encoding", "Content-Language"}

	// alwaysFields are those that the configuration restores in every response, including errors.
	alwaysFields = []string{
		"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy",
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
	}
)

// serve writes a file of the location, with the fields of the application's response.
func (l *Location) serve(w http.ResponseWriter, r *http.Request, name string, app http.Header) {
	h := w.Header()
	if !l.Bare {
		copyFields(h, app, alwaysFields...)
	}
	content, fi := l.open(name)
	if content == nil {
		writeError(w, http.StatusNotFound, app)
		return
	}
	defer content.Close()
	f := file{size: fi.Size(), modTime: fi.ModTime().Truncate(time.Second)}
	f.etag = fmt.Sprintf(`"%x-%x"`, f.modTime.Unix(), f.size)
	appValidators := l.Validators == blobdownload.AppValidators
	switch status := f.precondition(r, appValidators); {
	case status == http.StatusNotModified && !appValidators:
		f.writeValidators(h)
		copyFields(h, app, keptFields...)
		if !l.Bare {
			copyFields(h, app, "Vary")
		}
		w.WriteHeader(status)
		return
	case status != http.StatusOK:
		writeError(w, status, nil)
		return
	}
	copyFields(h, app, keptFields...)
	copyFields(h, app, "Content-Type")
	if !l.Bare {
		copyFields(h, app, restoredFields...)
	}
	if appValidators {
		copyFields(h, app, "ETag", "Last-Modified")
		f.etag = app.Get("ETag")
		f.modTime, _ = http.ParseTime(app.Get("Last-Modified"))
	} else {
		f.writeValidators(h)
	}
	f.send(w, r, content, app)
}

// open returns nil for everything but a regular file.
func (l *Location) open(name string) (fs.File, fs.FileInfo) {
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

func copyFields(to, from http.Header, names ...string) {
	for _, name := range names {
		if v := from.Values(name); len(v) > 0 {
			to[http.CanonicalHeaderKey(name)] = v
		}
	}
}

// writeError writes nginx's own error page, which keeps the application's Content-Disposition.
func writeError(w http.ResponseWriter, code int, app http.Header) {
	h := w.Header()
	copyFields(h, app, keptFields...)
	text := fmt.Sprintf("<html><head><title>%d %s</title></head></html>\n", code, http.StatusText(code))
	h.Set("Content-Type", "text/html")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}
