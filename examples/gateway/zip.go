package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

var (
	errQuery   = &blobdownload.StatusError{Status: http.StatusBadRequest, Err: errors.New("invalid query")}
	errTooMany = &blobdownload.StatusError{Status: http.StatusRequestEntityTooLarge, Err: errors.New("too many files")}
	errNoFiles = &blobdownload.StatusError{Status: http.StatusNotFound, Err: errors.New("no files")}
)

// zip responds with files of a folder as one archive: those of ?name=, a folder with a slash at its end, or all of ?prefix=.
func (s *site) zip(w http.ResponseWriter, r *http.Request) {
	b := s.visible(r, r.PathValue("name"))
	view := func(r *http.Request) (*blobdownload.Download, error) {
		if b == nil {
			return nil, errNoSuchPath
		}
		query, err := url.ParseQuery(r.URL.RawQuery) // not URL.Query: without its invalid parts it selects other files
		if err != nil {
			return nil, errQuery
		}
		prefix, names := query.Get("prefix"), query["name"]
		members, err := s.zipMembers(r, b, prefix, names)
		if err != nil {
			return nil, err
		}
		file := zipFile(zipName(b, prefix, names), members)
		return &blobdownload.Download{File: file}, nil
	}
	d, err := view(r)
	if err == nil {
		err = s.server.Serve(w, r, d)
	}
	if err == nil {
		return
	}
	if slices.Contains(accepted(r), "text/html") && r.Context().Err() == nil {
		p := s.newPage(r)
		p.Notice = s.zipNotice(r, b, err)
		s.write(w, r, p, nil)
		return
	}
	s.server.Error(w, r, err)
}

// zipFile makes an archive with a length, ranges and an entity-tag. Each member is described before the first byte.
func zipFile(name string, members []archive.Member) *wrapper.File {
	return archive.Zip(name, members...)
}

func zipName(b *servedBucket, prefix string, names []string) string {
	name := b.title()
	if prefix != "" {
		name = path.Base(prefix)
	}
	if len(names) > 0 {
		return fmt.Sprintf("%s (%d selected).zip", name, len(names))
	}
	return name + ".zip"
}

// zipNotice returns the words for an archive that cannot be made.
func (s *site) zipNotice(r *http.Request, b *servedBucket, err error) *notice {
	folder := link{"All buckets", "/"}
	prefix := r.URL.Query().Get("prefix")
	if b != nil && (prefix == "" || blobdownload.CanonicalKey(strings.TrimSuffix(prefix, "/")) == nil) {
		folder = link{"Back to the folder", pagePath(b.Name, prefix)}
	}
	switch {
	case errors.Is(err, errQuery):
		return &notice{http.StatusBadRequest, "The address is invalid",
			"Its part after the question mark does not select files. Choose them in the folder.", []link{folder}}
	case errors.Is(err, errTooMany):
		return &notice{http.StatusRequestEntityTooLarge, "Too many files for one archive",
			fmt.Sprintf("An archive has at most %d files. Choose a smaller folder.", maxZipEntries), []link{folder}}
	case errors.Is(err, fs.ErrNotExist), blobdownload.Status(err) == http.StatusNotFound:
		return &notice{http.StatusNotFound, "A file is gone",
			"The selection has no files, or one of them was deleted meanwhile. The folder shows what is there now.", []link{folder}}
	}
	s.logger.Error("zip", "error", redact.Error(err))
	return storageNotice(blobdownload.Status(err), link{"Try again", r.URL.RequestURI()}, folder)
}
