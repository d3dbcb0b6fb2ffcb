package proxy

import (
	"crypto/hmac"
	"crypto/sha1" // the only algorithm of Cloud CDN
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// SignGrant returns the URL of an object at the CDN's mount with a signed prefix, which is valid for every object of the
// grant. A relative URL in the object does not inherit the query: use SignGrantCookie for playlists and pages. Cloud CDN forwards
// a request without a signature, so the origin must be private.
func (c *CloudCDN) SignGrant(g blobdownload.Grant, m Mount, key string) (string, error) {
	prefix, query, err := c.signedPrefix(&g, &m, "&")
	if err != nil {
		return "", err
	}
	if !g.Covers(key) {
		return "", fmt.Errorf("proxy: CloudCDN: the grant of %q does not cover the key %q", g.Prefix, key)
	}
	name, plain := m.Keys.name(key)
	rest, below := strings.CutPrefix(name, g.Prefix)
	if !plain || !below {
		return "", fmt.Errorf("proxy: CloudCDN: the name of the key %q at the CDN is ambiguous", key)
	}
	return prefix + escapedURL(strings.Split(rest, "/")) + "?" + query, nil
}

// SignGrantCookie returns the signed cookie of a grant at the CDN's mount. Set its Domain if the CDN has another host than
// the application.
func (c *CloudCDN) SignGrantCookie(g blobdownload.Grant, m Mount) (*http.Cookie, error) {
	prefix, value, err := c.signedPrefix(&g, &m, ":")
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(prefix)
	if err != nil {
		return nil, fmt.Errorf("proxy: CloudCDN: %w", err)
	}
	return &http.Cookie{
		Name: "Cloud-CDN-Cookie", Value: value, Path: u.EscapedPath(), Expires: g.Expires,
		HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}, nil
}

// signedPrefix returns the URL of the prefix, and the signed parameters with a separator between them.
func (c *CloudCDN) signedPrefix(g *blobdownload.Grant, m *Mount, separator string) (prefix, signed string, err error) {
	if err := c.validateKey(); err != nil {
		return "", "", err
	}
	if prefix, err = m.GrantURL(*g); err != nil {
		return "", "", err
	}
	signed = strings.Join([]string{
		"URLPrefix=" + base64.URLEncoding.EncodeToString([]byte(prefix)),
		"Expires=" + strconv.FormatInt(g.Expires.Unix(), 10),
		"KeyName=" + c.KeyName,
	}, separator)
	mac := hmac.New(sha1.New, c.Key)
	mac.Write([]byte(signed))
	return prefix, signed + separator + "Signature=" + base64.URLEncoding.EncodeToString(mac.Sum(nil)), nil
}
