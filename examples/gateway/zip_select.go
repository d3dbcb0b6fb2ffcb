package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

const (
	maxZipEntries  = 10_000      // maximum of files in one archive
	zipListTimeout = time.Minute // maximum time in which the storage must list them
	zipStats       = 8           // empty objects whose metadata is requested at once
)

// selection is the files of an archive. A file that is selected twice, such as by its name and by its folder, is packed once.
type selection struct {
	members []archive.Member
	packed  map[string]bool // keys
	empty   []int           // members of a folder without content, each of which may stand for a folder
}

func (l *selection) add(name, key string, b *servedBucket) error {
	if l.packed[key] {
		return nil
	}
	if len(l.members) == maxZipEntries {
		return errTooMany
	}
	l.packed[key] = true
	l.members = append(l.members, archive.Member{Name: name, File: b.storage.File(key)})
	return nil
}

// dropFolders drops the empty objects that stand for a folder, which tools such as blobfuse store beside its files.
func (l *selection) dropFolders(ctx context.Context) error {
	folders := make([]bool, len(l.members))
	err := flight.Each(ctx, zipStats, len(l.empty), func(ctx context.Context, i int) error {
		at := l.empty[i]
		_, err := l.members[at].File.Stat(ctx)
		folders[at] = errors.Is(err, fs.ErrNotExist)
		return nil // the archive requests it again
	})
	kept := l.members[:0]
	for i, m := range l.members {
		if !folders[i] {
			kept = append(kept, m)
		}
	}
	l.members = kept
	return err
}

// zipMembers returns the files to pack.
func (s *site) zipMembers(r *http.Request, b *servedBucket, prefix string, names []string) ([]archive.Member, error) {
	if prefix != "" && !strings.HasSuffix(prefix, "/") || b.hides(prefix) {
		return nil, errNoSuchPath
	}
	if len(names) == 0 {
		names = []string{""}
	}
	ctx, cancel := context.WithTimeout(r.Context(), zipListTimeout)
	defer cancel()
	all, folders := selection{packed: map[string]bool{}}, map[string]bool{}
	for _, name := range names {
		p := prefix + name
		if p != "" && blobdownload.CanonicalKey(strings.TrimSuffix(p, "/")) != nil || !s.access.allows(r, b.Name, p, opZip) || b.hides(p) {
			return nil, errNoSuchPath
		}
		var err error
		switch {
		case p != "" && !strings.HasSuffix(p, "/"):
			err = all.add(name, b.object(p), b)
		case !folders[p]:
			folders[p] = true
			err = s.zipFolder(ctx, r, b, &all, prefix, p)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := all.dropFolders(ctx); err != nil {
		return nil, err
	}
	if len(all.members) == 0 {
		return nil, errNoFiles
	}
	return all.members, nil
}

// zipFolder adds all files under a folder. A folder without an object does not exist: a request cannot make the gateway list
// many of them.
func (s *site) zipFolder(ctx context.Context, r *http.Request, b *servedBucket, all *selection, prefix, p string) error {
	objects := b.storage.Bucket.List(&blob.ListOptions{Prefix: b.object(p)})
	for exists := false; ; exists = true {
		o, err := objects.Next(ctx)
		switch {
		case err == io.EOF && !exists: // not errors.Is: a broken connection wraps it
			return errNoFiles
		case err == io.EOF:
			return nil
		case err != nil:
			return &blobdownload.StatusError{Status: listStatus(r.Context(), b, err), Err: err}
		}
		key := strings.TrimPrefix(o.Key, b.Prefix)
		if b.hides(key) || blobdownload.CanonicalKey(o.Key) != nil || !s.access.allows(r, b.Name, key, opZip) {
			continue
		}
		n := len(all.members)
		if err := all.add(strings.TrimPrefix(key, prefix), o.Key, b); err != nil {
			return err
		}
		if o.Size == 0 && len(all.members) > n {
			all.empty = append(all.empty, n)
		}
	}
}
