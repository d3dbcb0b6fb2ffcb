package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
)

// maxPreviewText is the number of bytes of a text that the page shows.
const maxPreviewText = 64 << 10

// filePage is a file with its preview.
type filePage struct {
	Name        string
	Size        int64
	ModTime     time.Time
	ContentType string
	Version     string
	Download    string
	SignURL     string // "" if the user may not sign
	Preview     string // address of the content as a browser shows it; "" if it is saved
	Kind        string // of the preview
	Text        string // the beginning of a text
	TextError   string
	Partial     bool // Text is not all
	Modes       []modeOption
	Mode        string
}

// jsonFile is the page of a file as JSON.
type jsonFile struct {
	Name        string     `json:"name"`
	URL         string     `json:"url"`
	Size        int64      `json:"size"`
	Modified    *time.Time `json:"modified,omitempty"`
	ContentType string     `json:"contentType"`
	Inline      bool       `json:"inline"` // a browser shows it with ?inline=1
}

// file responds with the page of a file. A path that is a folder is redirected to it.
func (s *site) file(w http.ResponseWriter, r *http.Request, b *servedBucket, path string) {
	p := s.newPage(r)
	p.locate(b, path)
	ctx, cancel := context.WithTimeout(r.Context(), storageTimeout)
	defer cancel()
	info, err := wrapper.Info{}, error(errNoSuchPath)
	f := b.storage.File(b.object(path))
	if !b.hides(path) && s.access.allows(r, b.Name, path, opRead) {
		info, err = f.Stat(ctx)
	}
	missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoSuchPath)
	switch {
	case missing && s.isFolder(r, b, path):
		w.Header().Set("Location", pagePath(b.Name, path+"/"))
		w.WriteHeader(http.StatusFound)
		return
	case missing:
		p.Notice = notFound(p.parent())
	case err != nil:
		s.logger.Error("stat", "bucket", b.Name, "key", f.Name(), "error", redact.Error(err))
		p.Notice = storageNotice(blobdownload.Status(err), link{"Try again", r.URL.RequestURI()}, p.parent())
	}
	if p.Notice != nil {
		s.write(w, r, p, nil)
		return
	}
	p.File = s.filePage(r, b, path, f, info)
	j := jsonFile{p.Title, p.File.Download, info.Size, nil, p.File.ContentType, p.File.Preview != ""}
	if !info.ModTime.IsZero() {
		at := info.ModTime.UTC()
		j.Modified = &at
	}
	if p.File.Kind == "text" && !wantsJSON(r) {
		p.File.readText(ctx, f, info)
	}
	s.write(w, r, p, j)
}

// isFolder reports whether a path without a slash at its end is a folder that the user may list.
func (s *site) isFolder(r *http.Request, b *servedBucket, path string) bool {
	l, _, err := s.list(r, b, path+"/")
	return err == nil && len(l.Folders)+len(l.Files) > 0
}

func (s *site) filePage(r *http.Request, b *servedBucket, path string, f *wrapper.File, info wrapper.Info) *filePage {
	d := (&blobdownload.Download{File: f, Inline: true}).WithStoredName(&info)
	contentType, disposition := d.Offer(info.ContentType)
	v := &filePage{
		Name: path[strings.LastIndex(path, "/")+1:], Size: info.Size, ModTime: info.ModTime, ContentType: contentType,
		Version: info.Version, Modes: s.modes(), Mode: modeOf(r), Kind: kindOf(contentType),
	}
	v.Download = withMode(filePath(b.Name, path), v.Mode)
	if s.signer != nil && s.access.allows(r, b.Name, path, opSign) {
		v.SignURL = signPath(b.Name, path)
	}
	switch {
	case strings.HasPrefix(disposition, "inline"):
		v.Preview = filePath(b.Name, path) + "?inline=1"
		if v.Mode != "" || s.leavesHost(r, d) {
			v.Preview += "&mode=" + modeStream // the page's policy forbids content of another host
		}
	case strings.HasSuffix(contentType, "+xml"): // SVG, as its source
		v.Kind = "text"
	case v.Kind != "text":
		v.Kind = "file"
	}
	return v
}

// readText reads the beginning of a text. The page shows it escaped, so its type need not be one that a browser shows.
func (v *filePage) readText(ctx context.Context, f *wrapper.File, info wrapper.Info) {
	if info.ContentEncoding != "" {
		v.TextError = "The text is stored compressed and has no preview."
		return
	}
	if info.Size == 0 {
		return
	}
	body, err := f.Open(ctx, 0, min(info.Size, maxPreviewText))
	if err != nil {
		v.TextError = "The preview could not be read. The file may have changed or been deleted meanwhile."
		return
	}
	defer body.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, body); err != nil {
		v.TextError = "The preview could not be read. The file may have changed meanwhile."
		return
	}
	v.Text, v.Partial = text.String(), info.Size > maxPreviewText
	for n := 0; v.Partial && n < utf8.UTFMax && !utf8.ValidString(v.Text); n++ { // a character that the limit divides
		v.Text = v.Text[:len(v.Text)-1]
	}
	if !utf8.ValidString(v.Text) || strings.ContainsRune(v.Text, 0) {
		v.Text, v.TextError = "", "The content is not UTF-8 text and has no preview."
	}
}
