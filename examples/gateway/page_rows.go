package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func pageSize(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return defaultPageSize
	}
	return min(n, maxPageSize)
}

// readable removes the files of a page that cannot be served: local ones such as a symlink out of the directory, and empty ones
// with the name of a folder, which tools store for the folder. It sends no request: the other files of a storage behind a
// network are served as they are listed.
func readable(ctx context.Context, b *servedBucket, l listing) []listEntry {
	folders := map[string]bool{}
	for _, e := range l.Folders {
		folders[e.Name] = true
	}
	return slices.DeleteFunc(l.Files, func(e listEntry) bool {
		if e.Size == 0 && folders[e.Name] {
			return true
		}
		f := b.storage.File(e.Key)
		if !f.Local() || blobdownload.CanonicalKey(e.Key) != nil {
			return false
		}
		_, err := f.Stat(ctx)
		return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
	})
}

func (s *site) folderPage(r *http.Request, b *servedBucket, path string, q listQuery, l listing) *folderPage {
	f := &folderPage{
		Bucket: b.Name, Path: path, Begins: q.Begins, Sort: q.Sort, Desc: q.Desc,
		Modes: s.modes(), Mode: modeOf(r),
		Zip:    len(l.Folders)+len(l.Files) > 0 && s.access.allows(r, b.Name, path, opZip),
		Sign:   s.signer != nil && s.access.allows(r, b.Name, path, opSign),
		Sample: b.isSample() && path == "",
	}
	for _, e := range l.Folders {
		row := entryRow{Name: e.Name, Kind: "folder"}
		if blobdownload.CanonicalKey(e.Key[:len(e.Key)-1]) == nil {
			row.URL = pagePath(b.Name, path+e.Name+"/") + f.modeQuery()
		}
		f.Folders = append(f.Folders, row)
	}
	for _, e := range l.Files {
		row := entryRow{Name: e.Name, Size: e.Size, ModTime: e.ModTime, Kind: kindOf(contentTypeByName(e.Name))}
		if blobdownload.CanonicalKey(e.Key) == nil {
			row.URL = pagePath(b.Name, path+e.Name) + f.modeQuery()
			row.Download = filePath(b.Name, path+e.Name) + f.modeQuery()
			if f.Sign {
				row.SignURL = signPath(b.Name, path+e.Name)
			}
		}
		f.Bytes += e.Size
		f.Files = append(f.Files, row)
	}
	if q.Token != "" {
		f.First = pageAddress(r, "after", "")
	}
	if l.Next != "" {
		f.Next = pageAddress(r, "after", l.Next)
	}
	f.Columns = f.columns(r)
	return f
}

// columns returns the columns. A column's address sorts the page by it, or the other way round if it is sorted already.
func (f *folderPage) columns(r *http.Request) (all []column) {
	sorted := f.Sort
	if sorted != "size" && sorted != "changed" {
		sorted = "name"
	}
	for _, c := range []column{{Name: "name", Title: "Name"}, {Name: "size", Title: "Size"}, {Name: "changed", Title: "Changed"}} {
		order := ""
		if c.Name == sorted {
			c.Sorted = "ascending"
			if f.Desc {
				c.Sorted = "descending"
			} else {
				order = "desc"
			}
		}
		c.URL = pageAddress(r, "sort", c.Name, "order", order)
		all = append(all, c)
	}
	return all
}

func (f *folderPage) modeQuery() string {
	if f.Mode == "" {
		return ""
	}
	return "?mode=" + url.QueryEscape(f.Mode)
}

// Empty reports whether the page has no entries.
func (f *folderPage) Empty() bool { return len(f.Folders)+len(f.Files) == 0 }

// ZipURL is the address of the folder as an archive.
func (f *folderPage) ZipURL() string {
	return "/zip/" + url.PathEscape(f.Bucket) + "?" + url.Values{"prefix": {f.Path}}.Encode()
}

// Partial reports whether the folder has more entries than this page.
func (f *folderPage) Partial() bool { return f.First != "" || f.Next != "" }

// jsonFolder is the page as JSON. Names are unescaped.
type jsonFolder struct {
	Bucket  string      `json:"bucket"`
	Prefix  string      `json:"prefix"`
	Folders []jsonEntry `json:"folders"`
	Files   []jsonEntry `json:"files"`
	Next    string      `json:"next,omitempty"` // the address of the next page
}

type jsonEntry struct {
	Name     string     `json:"name"`
	URL      string     `json:"url,omitempty"` // of a folder's page or of a file's content; none if the key is rejected
	Size     *int64     `json:"size,omitempty"`
	Modified *time.Time `json:"modified,omitempty"`
}

func (f *folderPage) json() jsonFolder {
	j := jsonFolder{Bucket: f.Bucket, Prefix: f.Path, Folders: []jsonEntry{}, Files: []jsonEntry{}, Next: f.Next}
	for _, row := range f.Folders {
		j.Folders = append(j.Folders, jsonEntry{Name: row.Name, URL: row.URL})
	}
	for _, row := range f.Files {
		e := jsonEntry{Name: row.Name, URL: row.Download, Size: &row.Size}
		if !row.ModTime.IsZero() {
			at := row.ModTime.UTC()
			e.Modified = &at
		}
		j.Files = append(j.Files, e)
	}
	return j
}

// kindOf returns the kind of a media type: its icon, and its preview.
func kindOf(contentType string) string {
	kind, sub, _ := strings.Cut(contentType, "/")
	sub, _, _ = strings.Cut(sub, ";")
	switch {
	case kind == "image", kind == "audio", kind == "video", kind == "text":
		return kind
	case sub == "pdf":
		return "pdf"
	case sub == "json", sub == "xml", sub == "yaml", sub == "javascript", strings.HasSuffix(sub, "+json"), strings.HasSuffix(sub, "+xml"):
		return "text"
	case sub == "zip", sub == "gzip", sub == "x-tar", sub == "x-7z-compressed":
		return "archive"
	}
	return "file"
}
