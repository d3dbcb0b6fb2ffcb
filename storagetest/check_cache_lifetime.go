package storagetest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

// checkCacheLifetime reports a redirect whose freshness lifetime is not below that of its signature (RFC 9111
// section 4.2.1).
func checkCacheLifetime(rep *report, resp *http.Response, life time.Duration) {
	h := resp.Header
	field := strings.Join(h.Values("Cache-Control"), ", ")
	if freshness.NoStore(field) {
		return
	}
	bounded := false
	for name, directive := range freshness.Directives(field) {
		switch name {
		case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error":
			bounded = bounded || name == "max-age"
			_, value, _ := strings.Cut(directive, "=")
			seconds, err := strconv.ParseUint(strings.Trim(value, "\" \t"), 10, 63)
			if err != nil {
				rep.fault("Cache-Control %q: %s has no number of seconds", field, name)
			} else if life > 0 && int64(seconds) >= int64(life/time.Second) {
				rep.fault("Cache-Control %q keeps the redirect until the signature expires in %v, or longer",
					field, life.Truncate(time.Second))
			}
		}
	}
	if expires, err := http.ParseTime(h.Get("Expires")); err == nil && !bounded {
		if date, err := http.ParseTime(h.Get("Date")); err == nil && expires.Sub(date) >= life {
			rep.fault("Expires %q keeps the redirect until the signature expires in %v, or longer",
				h.Get("Expires"), life.Truncate(time.Second))
		}
	}
}

const maxRedirectBody = 64 << 10

// checkSecrets reports a signature outside of the Location, and any of the caller's Secrets.
func (w *WantPresigned) checkSecrets(rep *report, resp *http.Response, signature string) {
	text, more, err := peek(resp, maxRedirectBody)
	switch {
	case err != nil:
		rep.fault("the body was aborted after %d bytes: %v", len(text), err)
	case more:
		rep.fault("the body of the redirect has more than %d bytes", maxRedirectBody)
	}
	if containsSignature(string(text), signature) {
		rep.fault("the body contains the signature, which only the Location may contain")
	}
	for _, name := range sortedNames(resp.Header) {
		values := strings.Join(resp.Header[name], "\n")
		if name != "Location" && containsSignature(values, signature) {
			rep.fault("%s contains the signature, which only the Location may contain", name)
		}
		for i, secret := range w.Secrets {
			if strings.Contains(values, secret) {
				rep.fault("%s contains Secrets[%d]", name, i)
			}
		}
	}
	for i, secret := range w.Secrets {
		if strings.Contains(string(text), secret) {
			rep.fault("the body contains Secrets[%d]", i)
		}
	}
}

// containsSignature reports whether a text contains a signature, decoded or query-escaped.
func containsSignature(text, signature string) bool {
	return signature != "" && (strings.Contains(text, signature) || strings.Contains(text, url.QueryEscape(signature)))
}
