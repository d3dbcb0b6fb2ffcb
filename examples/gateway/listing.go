package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

const (
	defaultPageSize = 200
	maxPageSize     = 1000
	maxListCalls    = 2 // of one page, if the first call yields nothing that is shown
)

// listQuery selects one page of a folder.
type listQuery struct {
	Prefix string // the folder's key: "" or ending in a slash
	Begins string // only names that begin with it
	Token  string // of the page; "" means the first one
	Size   int    // maximum of entries; 0 means defaultPageSize
	Sort   string // "name", "size" or "changed", of this page
	Desc   bool

	// Show reports whether an entry is shown. The key of a folder ends in a slash.
	Show func(key string) bool
}

// listing is one page of a folder.
type listing struct {
	Folders []listEntry
	Files   []listEntry
	Next    string // the token of the next page; "" at the end
}

// listEntry is a file or a folder.
type listEntry struct {
	Key     string
	Name    string // relative to the folder, without a slash at the end
	Size    int64
	ModTime time.Time
}

var errToken = errors.New("invalid page token")

// listPage lists one page with one listing call, or with maxListCalls if nothing of the first one is shown.
func listPage(ctx context.Context, b *wrapper.Bucket, q listQuery) (listing, error) {
	var l listing
	token := blob.FirstPageToken
	if q.Token != "" {
		var err error
		if token, err = base64.RawURLEncoding.DecodeString(q.Token); err != nil || len(token) == 0 {
			return l, errToken
		}
	}
	size := q.Size
	if size <= 0 || size > maxPageSize {
		size = defaultPageSize
	}
	options := &blob.ListOptions{Prefix: q.Prefix + q.Begins, Delimiter: "/"}
	for range maxListCalls {
		found, next, err := b.ListPage(ctx, token, size, options)
		if err != nil {
			return l, err
		}
		for _, o := range found {
			l.add(o, q)
		}
		token = next
		if len(next) == 0 || len(l.Folders)+len(l.Files) > 0 {
			break
		}
	}
	l.Next = base64.RawURLEncoding.EncodeToString(token)
	l.sort(q.Sort, q.Desc)
	return l, nil
}

func (l *listing) add(o *blob.ListObject, q listQuery) {
	e := listEntry{Key: o.Key, Name: strings.TrimPrefix(o.Key, q.Prefix), Size: o.Size, ModTime: o.ModTime}
	switch {
	case e.Name == "": // the empty object that stands for the folder itself
	case q.Show != nil && !q.Show(o.Key):
	case o.IsDir:
		e.Name = strings.TrimSuffix(e.Name, "/")
		l.Folders = append(l.Folders, e)
	default:
		l.Files = append(l.Files, e)
	}
}

// sort sorts the entries of the page. The storage's own order is that of the keys' bytes.
func (l *listing) sort(by string, desc bool) {
	byName := func(a, b listEntry) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	}
	compare := byName
	switch by {
	case "size":
		compare = func(a, b listEntry) int { return cmp.Or(cmp.Compare(a.Size, b.Size), byName(a, b)) }
	case "changed":
		compare = func(a, b listEntry) int { return cmp.Or(a.ModTime.Compare(b.ModTime), byName(a, b)) }
	}
	direction := 1
	if desc {
		direction = -1
	}
	slices.SortStableFunc(l.Files, func(a, b listEntry) int { return direction * compare(a, b) })
	if by != "" && by != "name" { // folders have neither size nor time
		direction = 1
	}
	slices.SortStableFunc(l.Folders, func(a, b listEntry) int { return direction * byName(a, b) })
}
