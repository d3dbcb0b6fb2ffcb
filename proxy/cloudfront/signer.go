// Package cloudfront signs URLs of Amazon CloudFront for proxy.CDN, and cookies for grants. [Signer] does both. It is a
// package of its own for its dependency, the AWS SDK's signer.
package cloudfront

import (
	"crypto"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"
)

// Signer signs URLs with a canned policy, which is valid for one URL only. Its cookies are valid for the URLs of a grant.
// It may be used by many goroutines, if its key may. Make one with [NewSigner]; the zero value is invalid.
type Signer struct {
	signer *sign.URLSigner
	keyID  string
	key    crypto.Signer
}

// NewSigner returns a signer with a private key, RSA or ECDSA. Its public key is in a trusted key group of CloudFront, under
// keyID. An empty keyID or a nil key is an error.
func NewSigner(keyID string, key crypto.Signer) (*Signer, error) {
	if keyID == "" || key == nil {
		return nil, errors.New("cloudfront: signer: keyID and key must be set")
	}
	return &Signer{sign.NewURLSigner(keyID, key), keyID, key}, nil
}

// SignURL signs a URL that is valid until expires. It rejects a path with a wildcard of policies, which would be valid for
// other URLs.
func (s *Signer) SignURL(rawURL string, expires time.Time) (string, error) {
	if path, _, _ := strings.Cut(rawURL, "?"); strings.Contains(path, "*") {
		return "", errors.New(`cloudfront: sign URL: the path has a "*", a wildcard of policies`)
	}
	return s.signer.Sign(rawURL, expires)
}
