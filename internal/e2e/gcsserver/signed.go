package gcsserver

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// isSigned reports whether a request has a signature of version 4 in its URL.
func isSigned(r *http.Request) bool { return r.URL.Query().Has("X-Goog-Signature") }

// verify returns the error code of an invalid signed URL, or "".
func verify(r *http.Request, key *rsa.PublicKey, now time.Time) string {
	q := r.URL.Query()
	signature, err := hex.DecodeString(q.Get("X-Goog-Signature"))
	if err != nil {
		return "SignatureDoesNotMatch"
	}
	at, err := time.Parse("20060102T150405Z", q.Get("X-Goog-Date"))
	seconds, bad := strconv.Atoi(q.Get("X-Goog-Expires"))
	if err != nil || bad != nil || q.Get("X-Goog-Algorithm") != "GOOG4-RSA-SHA256" || q.Get("X-Goog-SignedHeaders") != "host" {
		return "InvalidArgument"
	}
	_, scope, _ := strings.Cut(q.Get("X-Goog-Credential"), "/")
	q.Del("X-Goog-Signature")
	host, _, _ := strings.Cut(r.Host, ":") // signed without the port
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), strings.ReplaceAll(q.Encode(), "+", "%20"), "host:" + host, "", "host", "UNSIGNED-PAYLOAD",
	}, "\n")
	text := fmt.Sprintf("GOOG4-RSA-SHA256\n%s\n%s\n%x", q.Get("X-Goog-Date"), scope, sha256.Sum256([]byte(canonical)))
	sum := sha256.Sum256([]byte(text))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		return "SignatureDoesNotMatch"
	}
	if now.After(at.Add(time.Duration(seconds)*time.Second)) || now.Add(15*time.Minute).Before(at) {
		return "ExpiredToken"
	}
	return ""
}

// override sets the response fields of a signed URL, which replace the stored ones.
func override(h http.Header, q url.Values) {
	for parameter, field := range map[string]string{
		"response-content-disposition": "Content-Disposition",
		"response-content-type":        "Content-Type",
		"response-cache-control":       "Cache-Control",
	} {
		if v := q.Get(parameter); v != "" {
			h.Set(field, v)
		}
	}
}
