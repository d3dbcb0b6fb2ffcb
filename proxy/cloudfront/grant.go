package cloudfront

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// SignGrantCookies returns the signed cookies with which CloudFront serves the objects of a grant at a mount. Their policy has
// one resource: the URL of the grant's prefix and a wildcard. Set the Domain of each if CloudFront has another host than
// the application. It is an error if the grant is wider than the mount, has a Client or Head, or if its prefix has a
// wildcard of policies.
func (s *Signer) SignGrantCookies(g blobdownload.Grant, m proxy.Mount) ([]*http.Cookie, error) {
	prefix, err := m.GrantURL(g)
	if err != nil {
		return nil, fmt.Errorf("cloudfront: %w", err)
	}
	if strings.ContainsAny(m.Location+g.Prefix, "*?") {
		return nil, fmt.Errorf(`cloudfront: grant of Prefix %q: has "*" or "?", wildcards of policies`, g.Prefix)
	}
	u, err := url.Parse(prefix)
	if err != nil {
		return nil, fmt.Errorf("cloudfront: %w", err)
	}
	signature, policy, err := sign.NewCannedPolicy(prefix+"*", g.Expires).Sign(s.key)
	if err != nil {
		return nil, fmt.Errorf("cloudfront: sign the policy: %w", err)
	}
	cookies := []*http.Cookie{
		{Name: sign.CookiePolicyName, Value: string(policy)},
		{Name: sign.CookieSignatureName, Value: string(signature)},
		{Name: sign.CookieKeyIDName, Value: s.keyID},
	}
	for _, c := range cookies {
		c.Path, c.Expires = u.EscapedPath(), g.Expires
		c.HttpOnly, c.Secure, c.SameSite = true, true, http.SameSiteLaxMode
	}
	return cookies, nil
}
