package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// folderPage is one page of a folder.
type folderPage struct {
	Bucket, Path string
	Folders      []entryRow
	Files        []entryRow
	Bytes        int64 // of Files
	Begins       string
	Sort         string
	Desc         bool
	First, Next  string // addresses; "" on the first and the last page
	Columns      []column
	Modes        []modeOption
	Mode         string
	Zip, Sign    bool // offered
	Sample       bool // the intro is shown
}

// entryRow is a file or folder of the page. Without URL the storage rejects its key.
type entryRow struct {
	Name     string
	URL      string // of its page
	Download string // of the file itself
	SignURL  string
	Size     int64
	ModTime  time.Time
	Kind     string
}

// column is a column of the table with the address that sorts by it.
type column struct {
	Name, Title, URL string
	Sorted           string // aria-sort
}

// folder responds with one page of a folder.
func (s *site) folder(w http.ResponseWriter, r *http.Request, b *servedBucket, path string) {
	p := s.newPage(r)
	p.locate(b, path)
	l, query, err := s.list(r, b, path)
	if err == nil && path != "" && query.Begins == "" && query.Token == "" && len(l.Folders)+len(l.Files) == 0 && l.Next == "" {
		err = errNoSuchPath // object storages have no empty folders
	}
	if err != nil {
		p.Notice = s.listingNotice(r, p, b, query, err)
		s.write(w, r, p, nil)
		return
	}
	p.Folder = s.folderPage(r, b, path, query, l)
	s.write(w, r, p, p.Folder.json())
}

// list lists one page of a folder, without the paths that fail the permission check.
func (s *site) list(r *http.Request, b *servedBucket, path string) (listing, listQuery, error) {
	values := r.URL.Query()
	q := listQuery{
		Prefix: b.object(path), Begins: values.Get("begins"), Token: values.Get("after"), Size: pageSize(values.Get("n")),
		Sort: values.Get("sort"), Desc: values.Get("order") == "desc",
	}
	if path != "" && blobdownload.CanonicalKey(strings.TrimSuffix(q.Prefix, "/")) != nil || b.hides(path) {
		return listing{}, q, errNoSuchPath
	}
	if !canBegin(q.Prefix, q.Begins) {
		return listing{}, q, nil
	}
	below, whole := s.access.folders(r, b.Name, path)
	if !whole {
		var l listing
		for _, folder := range below {
			if name := strings.TrimSuffix(strings.TrimPrefix(folder, path), "/"); strings.HasPrefix(name, q.Begins) {
				l.Folders = append(l.Folders, listEntry{Key: b.object(folder), Name: name})
			}
		}
		if len(below) == 0 {
			return l, q, errNoSuchPath
		}
		return l, q, nil
	}
	q.Show = func(key string) bool {
		path := strings.TrimPrefix(key, b.Prefix)
		return !b.hides(path) && s.access.allows(r, b.Name, path, opList)
	}
	ctx, cancel := context.WithTimeout(r.Context(), storageTimeout)
	defer cancel()
	l, err := listPage(ctx, b.storage.Bucket, q)
	if err == nil {
		l.Files = readable(ctx, b, l)
	}
	return l, q, err
}

// canBegin reports whether a key that the storage serves can begin with prefix and begins, where begins is the beginning of a
// name in the folder prefix. Other keys are not requested: some storages fail on them.
func canBegin(prefix, begins string) bool {
	switch begins {
	case "", ".", "..": // of "..name"
		return true
	}
	return !strings.Contains(begins, "/") && blobdownload.CanonicalKey(prefix+begins) == nil
}

// listingNotice returns the words for a folder that cannot be listed.
func (s *site) listingNotice(r *http.Request, p *page, b *servedBucket, q listQuery, err error) *notice {
	if errors.Is(err, errNoSuchPath) {
		return notFound(p.parent())
	}
	again := link{"Try again", r.URL.RequestURI()}
	first := link{"Start at the first page", r.URL.EscapedPath()}
	if errors.Is(err, errToken) || q.Token != "" && isBadRequest(err) {
		return &notice{http.StatusBadRequest, "This page does not exist", "Its address is incomplete.", []link{first}}
	}
	s.logger.Error("list", "bucket", b.Name, "prefix", q.Prefix, "error", redact.Error(err))
	ways := []link{again, p.parent()}
	if q.Token != "" {
		ways = []link{again, first}
	}
	return storageNotice(listStatus(r.Context(), b, err), ways...)
}

// pageAddress returns the address of a folder's page with changed parameters. An empty value removes its parameter.
func pageAddress(r *http.Request, changes ...string) string {
	values := url.Values{}
	for _, name := range []string{"begins", "sort", "order", "n", "mode", "after"} {
		if v := r.URL.Query().Get(name); v != "" {
			values.Set(name, v)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			values.Del(changes[i])
			continue
		}
		values.Set(changes[i], changes[i+1])
	}
	if len(values) == 0 {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + values.Encode()
}
