package site

import (
	"path"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// keys are the keys of a site without its prefix, at one time. They do not change.
type keys struct {
	index  string // the name of index documents
	all    map[string]struct{}
	listed time.Time

	notFound    *page // nil: none
	notFoundErr error // why the page cannot be used
}

const html = ".html"

func (k *keys) has(key string) bool {
	_, ok := k.all[key]
	return ok
}

// dropFolders drops the empty objects with the name of a folder, which tools such as blobfuse store for each folder: the page
// of the path is in the folder.
func (k *keys) dropFolders(empty []string) {
	if len(empty) == 0 {
		return
	}
	folders := map[string]bool{}
	for key := range k.all {
		for dir := path.Dir(key); dir != "." && !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for _, key := range empty {
		if folders[key] {
			delete(k.all, key)
		}
	}
}

// find returns the key of the page at a path, and the page's canonical path.
//
//	"d/"  d/index.html, then d.html
//	"d"   d, then d.html, then d/index.html
func (k *keys) find(path string) (key, canonical string, ok bool) {
	candidates := []string{path, path + html, path + "/" + k.index}
	switch file, isDirectory := strings.CutSuffix(path, "/"); {
	case path == "":
		candidates = []string{k.index}
	case isDirectory:
		candidates = []string{path + k.index, file + html}
	}
	for _, key := range candidates {
		if k.has(key) {
			return key, k.canonical(key), true
		}
	}
	return "", "", false
}

// canonical returns the one path at which a key is served: find of it returns the key.
func (k *keys) canonical(key string) string {
	if dir, ok := strings.CutSuffix(key, k.index); ok && (dir == "" || strings.HasSuffix(dir, "/")) {
		return dir
	}
	clean, ok := strings.CutSuffix(key, html)
	if ok && !k.has(clean) && blobdownload.CanonicalKey(clean) == nil {
		return clean
	}
	return key
}
