package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"strconv"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
)

// maxPage is the maximum size of a 404 page, which is held in memory, in bytes.
const maxPage = 1 << 20

// page is a page in memory.
type page struct {
	contentType string
	body        []byte
}

// readPage reads a page. A page that is missing is nil.
func (s *Site) readPage(ctx context.Context, key string) (*page, error) {
	file := s.Storage.File(s.Prefix + key)
	resp, err := file.Fetch(ctx, wrapper.Request{})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // deleted since it was listed
	}
	if err != nil {
		return nil, fmt.Errorf("site: read %q: %w", s.Prefix+key, redact.Error(err))
	}
	defer resp.Close()
	if resp.Info.ContentEncoding != "" {
		return nil, fmt.Errorf("site: %q has the content coding %q; want the page without one", s.Prefix+key, resp.Info.ContentEncoding)
	}
	p := &page{}
	p.contentType, _ = (&blobdownload.Download{File: file}).Offer(resp.Info.ContentType)
	if resp.Body == nil {
		return p, nil
	}
	var body bytes.Buffer
	switch n, err := body.ReadFrom(io.LimitReader(resp.Body, maxPage+1)); {
	case err != nil:
		return nil, fmt.Errorf("site: read %q: %w", s.Prefix+key, redact.Error(err))
	case n > maxPage:
		return nil, fmt.Errorf("site: %q has more than %d bytes; want a smaller page", s.Prefix+key, maxPage)
	}
	p.body = body.Bytes()
	return p, nil
}

// ServeError writes the response to an error: the site's own page for a 404, and the status with its standard text for
// any other. Set it as blobdownload.Server.ErrorHandler. It makes no request to the storage, unless the site has not been
// listed yet. Neither is cached: the Cache-Control is "no-store".
func (s *Site) ServeError(w http.ResponseWriter, r *http.Request, err error) {
	status := blobdownload.Status(err)
	if status == http.StatusNotFound {
		if k, err := s.current(r.Context()); err == nil && k.notFound != nil {
			w.Header().Del("Content-Security-Policy")
			maps.Copy(w.Header(), fields.Canonical(s.Header).Clone())
			fields.DropControl(w.Header())
			w.Header().Set("Cache-Control", "no-store")
			k.notFound.write(w, r, status)
			return
		}
	}
	text := page{"text/plain; charset=utf-8", []byte(http.StatusText(status) + "\n")}
	text.write(w, r, status)
}

func (p *page) write(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", p.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(p.body)
	}
}
