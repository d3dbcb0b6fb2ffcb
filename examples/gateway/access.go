package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// operation is the use of a path by a request.
type operation uint8

const (
	opList operation = iota // a folder, or an entry of a listing
	opRead                  // the content of a file
	opZip                   // a file or a folder as part of an archive
	opSign                  // a signed link to a file
)

// right permits a user to read the paths under a prefix of a bucket: to list, read and zip them.
type right struct {
	User   string // "*" means every user
	Bucket string
	Prefix string // with a slash at its end; "" means all paths
	Sign   bool   // signed links, too
}

// access decides which paths the user of a request may use.
type access struct {
	open   bool    // without users: everything is permitted, signing only if sign is set
	sign   bool    // there is a signer
	rights []right // of the users
}

// allows reports whether the user of a request may use a path. Folders have a slash at their end, "" is the bucket's root.
//
// The parents of a readable folder may be listed, so that the folder can be reached. Their other entries may not: check
// each entry of a listing with opList.
func (a access) allows(r *http.Request, bucket, path string, op operation) bool {
	if op == opSign && !a.sign {
		return false
	}
	if a.open {
		return true
	}
	user := userOf(r)
	return user != "" && slices.ContainsFunc(a.rights, func(have right) bool {
		if have.Bucket != bucket || have.User != user && have.User != "*" || op == opSign && !have.Sign {
			return false
		}
		isFolder := path == "" || strings.HasSuffix(path, "/")
		return strings.HasPrefix(path, have.Prefix) || op == opList && isFolder && strings.HasPrefix(have.Prefix, path)
	})
}

// folders returns the folders under prefix that a listing shows if the user may list nothing else there. whole reports that
// the user may list all of prefix. With neither, prefix does not exist for the user. A listing that is not whole needs no
// request to the storage, so its time depends on no name.
func (a access) folders(r *http.Request, bucket, prefix string) (below []string, whole bool) {
	if a.open {
		return nil, true
	}
	user := userOf(r)
	for _, have := range a.rights {
		if user == "" || have.Bucket != bucket || have.User != user && have.User != "*" {
			continue
		}
		if strings.HasPrefix(prefix, have.Prefix) {
			return nil, true
		}
		if rest, ok := strings.CutPrefix(have.Prefix, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			below = append(below, prefix+name+"/")
		}
	}
	slices.Sort(below)
	return slices.Compact(below), false
}

type userKey struct{}

// withUser returns the request of an authenticated user.
func withUser(r *http.Request, name string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), userKey{}, name))
}

// userOf returns the authenticated user of a request, or "".
func userOf(r *http.Request) string {
	name, _ := r.Context().Value(userKey{}).(string)
	return name
}
