package blobdownload

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// SignGrant returns the link of an object with the grant in its path: the signer's URL, a token, and the key without
// the prefix. A relative URL in the object resolves to another object of the grant. An error names the invalid
// field, or the key that the grant does not cover.
func (s *Signer) SignGrant(g Grant, key string) (string, error) {
	token, err := s.grantToken(&g)
	if err != nil {
		return "", err
	}
	if !g.Covers(key) {
		return "", fmt.Errorf("sign: the grant of %q does not cover the key %q", g.Prefix, key)
	}
	return s.base + token + "/" + escapePath(strings.TrimPrefix(key, g.Prefix)), nil
}

// SignGrantCookie returns a cookie with the grant. With it, the browser requests an object at the signer's URL and the whole
// key, each segment escaped as by url.PathEscape. The cookie is HttpOnly, SameSite=Lax, and Secure unless the signer's
// URL begins with "http:". Its Path ends at the first segment of the prefix that URLs escape: the grant is checked here.
//
// To use the cookie on another host of the same site, set its Domain. The errors are those of SignGrant.
func (s *Signer) SignGrantCookie(g Grant) (*http.Cookie, error) {
	token, err := s.grantToken(&g)
	if err != nil {
		return nil, err
	}
	if len(token) > maxGrantCookie {
		return nil, fmt.Errorf("sign: the grant of %d bytes is longer than a cookie holds", len(token))
	}
	u, err := url.Parse(s.base)
	if err != nil {
		return nil, fmt.Errorf("sign: URL: %w", err)
	}
	return &http.Cookie{
		Name: s.grantCookie(), Value: token,
		Path:     u.EscapedPath() + plainSegments(g.Prefix),
		Expires:  g.Expires,
		HttpOnly: true, Secure: !s.insecure(), SameSite: http.SameSiteLaxMode,
	}, nil
}

// maxGrantCookie is the maximum length of a cookie's value. Browsers drop a cookie of more than 4096 bytes with its
// name and attributes.
const maxGrantCookie = 3 << 10

func (s *Signer) insecure() bool { return strings.HasPrefix(s.base, "http:") }

// grantCookie returns the name of the cookie. Browsers accept the prefix from a secure origin alone
// (draft-ietf-httpbis-rfc6265bis section 4.1.3.1).
func (s *Signer) grantCookie() string {
	if s.insecure() {
		return "downloadview-grant"
	}
	return "__Secure-downloadview-grant"
}

// grantToken returns the token of a grant, in the fields of a link: the format of tokens has no other.
func (s *Signer) grantToken(g *Grant) (string, error) {
	if err := g.Validate(); err != nil {
		return "", err
	}
	return s.seal(kindGrant, &Link{Store: g.Store, Key: g.Prefix, Expires: g.Expires, Client: g.Client, Head: g.Head})
}

// escapePath escapes each segment of a key.
func escapePath(key string) string {
	segments := strings.Split(key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// plainSegments returns the leading segments of a prefix that every client sends unchanged.
func plainSegments(prefix string) string {
	end := strings.IndexFunc(prefix, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/-._~", r))
	})
	if end < 0 {
		return prefix
	}
	return prefix[:strings.LastIndexByte(prefix[:end], '/')+1]
}
