package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// maxZipEntries is the maximum of files in one archive.
const maxZipEntries = 10_000

var (
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
		prefix, names := r.URL.Query().Get("prefix"), r.URL.Query()["name"]
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
	if wantsHTML(r) && r.Context().Err() == nil {
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
	name := b.Name
	if prefix != "" {
		name = path.Base(prefix)
	}
	if len(names) > 0 {
		return fmt.Sprintf("%s (%d selected).zip", name, len(names))
	}
	return name + ".zip"
}

// zipMembers returns the files to pack.
func (s *site) zipMembers(r *http.Request, b *servedBucket, prefix string, names []string) ([]archive.Member, error) {
	if prefix != "" && !strings.HasSuffix(prefix, "/") || b.hides(prefix) {
		return nil, errNoSuchPath
	}
	if len(names) == 0 {
		names = []string{""}
	}
	var all []archive.Member
	for _, name := range names {
		p := prefix + name
		if p != "" && blobdownload.CanonicalKey(strings.TrimSuffix(p, "/")) != nil || !s.access.allows(r, b.Name, p, opZip) || b.hides(p) {
			return nil, errNoSuchPath
		}
		if p != "" && !strings.HasSuffix(p, "/") {
			all = append(all, archive.Member{Name: name, File: b.storage.File(b.object(p))})
			continue
		}
		var err error
		if all, err = s.zipFolder(r, b, all, prefix, p); err != nil {
			return nil, err
		}
	}
	if len(all) > maxZipEntries {
		return nil, errTooMany
	}
	if len(all) == 0 {
		return nil, errNoFiles
	}
	return all, nil
}

// zipFolder adds all files under a folder.
func (s *site) zipFolder(r *http.Request, b *servedBucket, all []archive.Member, prefix, p string) ([]archive.Member, error) {
	objects := b.storage.Bucket.List(&blob.ListOptions{Prefix: b.object(p)})
	for {
		o, err := objects.Next(r.Context())
		if err == io.EOF { // not errors.Is: a broken connection wraps it
			return all, nil
		}
		if err != nil {
			return nil, &blobdownload.StatusError{Status: listStatus(r.Context(), b, err), Err: err}
		}
		key := strings.TrimPrefix(o.Key, b.Prefix)
		if b.hides(key) || blobdownload.CanonicalKey(o.Key) != nil || !s.access.allows(r, b.Name, key, opZip) {
			continue
		}
		all = append(all, archive.Member{Name: strings.TrimPrefix(key, prefix), File: b.storage.File(o.Key)})
		if len(all) > maxZipEntries {
			return nil, errTooMany
		}
	}
}

// zipNotice returns the words for an archive that cannot be made.
func (s *site) zipNotice(r *http.Request, b *servedBucket, err error) *notice {
	folder := link{"All buckets", "/"}
	prefix := r.URL.Query().Get("prefix")
	if b != nil && (prefix == "" || blobdownload.CanonicalKey(strings.TrimSuffix(prefix, "/")) == nil) {
		folder = link{"Back to the folder", pagePath(b.Name, prefix)}
	}
	s.logger.Error("zip", "error", redact.Error(err))
	switch {
	case errors.Is(err, errTooMany):
		return &notice{http.StatusRequestEntityTooLarge, "Too many files for one archive",
			fmt.Sprintf("An archive has at most %d files. Choose a smaller folder.", maxZipEntries), []link{folder}}
	case errors.Is(err, fs.ErrNotExist), blobdownload.Status(err) == http.StatusNotFound:
		return &notice{http.StatusNotFound, "A file is gone",
			"The selection has no files, or one of them was deleted meanwhile. The folder shows what is there now.", []link{folder}}
	}
	return storageNotice(blobdownload.Status(err), link{"Try again", r.URL.RequestURI()}, folder)
}

func wantsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }
