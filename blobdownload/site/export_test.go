package site

import (
	"net/url"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Locate returns the key of the page at a URL of a site with these keys, its canonical path, and the Location of the
// redirect to it, or "".
func Locate(u *url.URL, index string, all ...string) (key, path, canonical, location string, ok bool) {
	k := &keys{index: index, all: map[string]struct{}{}}
	for _, key := range all {
		if blobdownload.CanonicalKey(key) == nil && !isHidden(key) {
			k.all[key] = struct{}{}
		}
	}
	if path, ok = pathOf(u); !ok || isHidden(path) {
		return "", path, "", "", false
	}
	if key, canonical, ok = k.find(path); ok && path != canonical {
		location = withQuery(reference(path, canonical), u.RawQuery)
	}
	return key, path, canonical, location, ok
}
