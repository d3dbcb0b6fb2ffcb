package site

import (
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/hidden"
)

// pathOf returns the decoded path of a request, without the slash at its beginning. It reports false for a path that is
// not in canonical form: with dot segments, empty segments, an encoded slash or control characters.
func pathOf(u *url.URL) (path string, ok bool) {
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, escaped := range segments {
		segment, err := url.PathUnescape(escaped)
		if err != nil || strings.Contains(segment, "/") {
			return "", false
		}
		segments[i] = segment
	}
	path = strings.Join(segments, "/")
	return path, path == "" || blobdownload.CanonicalKey(strings.TrimSuffix(path, "/")) == nil
}

// wellKnown is the directory of resources for clients that look for them (RFC 8615).
const wellKnown = ".well-known/"

// isHidden reports whether an element of a path or key begins with a dot, apart from .well-known at its beginning.
func isHidden(path string) bool {
	return hidden.Path(strings.TrimPrefix(path, wellKnown))
}

// reference returns the relative URL that leads from a path to a canonical path of the same page. It begins with a dot, so
// it has neither a scheme nor a host, and resolves at the host and the mount of the request.
func reference(from, to string) string {
	up := "./"
	parent, isDirectory := strings.CutSuffix(from, "/")
	if isDirectory {
		up = "../"
	}
	parent = parent[:strings.LastIndexByte(parent, '/')+1]
	segments := strings.Split(strings.TrimPrefix(to, parent), "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return up + strings.Join(segments, "/")
}

// withQuery adds the query of a request, if it can be sent as it is.
func withQuery(reference, query string) string {
	isOdd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"#<>\^{|}`+"`", r) }
	if query == "" || strings.ContainsFunc(query, isOdd) {
		return reference
	}
	return reference + "?" + query
}
