// Package requestid checks and makes the ids that join an application's requests with the log lines of proxies and storages.
package requestid

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
)

// Header is the field of an id, as http.Header stores it.
const Header = "X-Request-Id"

// Param is the query parameter of an id in a signed URL. S3 ignores parameters that begin with "x-", and logs them.
const Param = "x-request-id"

// maxLen is the maximum length of an id, in bytes.
const maxLen = 64

// Valid reports whether an id is short and plain: 1 to 64 letters, digits and "-._~:=+/@". Such an id needs no quoting in
// a log line.
func Valid(id string) bool {
	if id == "" || len(id) > maxLen {
		return false
	}
	for i := range len(id) {
		if !plain(id[i]) {
			return false
		}
	}
	return true
}

func plain(c byte) bool {
	switch c {
	case '-', '.', '_', '~', ':', '=', '+', '/', '@':
		return true
	}
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// Clean returns a valid id, and "" for an invalid one.
func Clean(id string) string {
	if Valid(id) {
		return id
	}
	return ""
}

// New returns a random id of 32 hexadecimal digits, the form of nginx's $request_id.
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// OfQuery returns the valid id of a raw query, or "".
func OfQuery(rawQuery string) string {
	q, err := url.ParseQuery(rawQuery)
	if err != nil || len(q[Param]) != 1 {
		return ""
	}
	return Clean(q.Get(Param))
}
