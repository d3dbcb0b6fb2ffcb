// Package cloudfront signs URLs of Amazon CloudFront for proxy.CDN.
package cloudfront

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"
)

// Signer signs by a canned policy, which is good for one exact URL.
type Signer struct {
	signer *sign.URLSigner
}

// NewSigner returns a signer that uses a private key (RSA or ECDSA) whose public one CloudFront knows by the
// id, in a trusted key group.
func NewSigner(keyID string, key crypto.Signer) (*Signer, error) {
	if keyID == "" || key == nil {
		return nil, errors.New("cloudfront: keyID and key must be set")
	}
	return &Signer{sign.NewURLSigner(keyID, key)}, nil
}

// SignURL signs a URL until a time. It refuses one with a wildcard of policies: it would be good for others.
func (s *Signer) SignURL(rawURL string, expires time.Time) (string, error) {
	if path, _, _ := strings.Cut(rawURL, "?"); strings.Contains(path, "*") {
		return "", fmt.Errorf("cloudfront: the path has a %q, which policies take for anything", "*")
	}
	return s.signer.Sign(rawURL, expires)
}
