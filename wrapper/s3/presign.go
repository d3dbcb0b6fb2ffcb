package s3

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/go-downloadview/downloadview/wrapper"
)

// signing is a URL to be signed.
type signing struct {
	request
	wrapper.SignOptions
	at     time.Time // by the store's clock
	expiry time.Duration
}

// unsignedPayload is what a URL signs in place of the body's hash.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// SignedURL makes no request, unless credentials must be renewed. A URL does not outlive the credentials
// that sign it, whatever its Expiry. One to be signed as of a time so long ago that it has
// expired by now is an error.
func (s *store) SignedURL(ctx context.Context, key string, o wrapper.SignOptions) (string, error) {
	if s.creds == nil {
		return "", errors.ErrUnsupported
	}
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return "", err
	}
	creds, err := s.credentials(ctx)
	if err != nil {
		return "", err
	}
	u := &signing{
		request:     request{method: o.Method, key: full, version: o.Version, creds: creds},
		SignOptions: o,
		at:          s.clock.Now().Truncate(time.Second),
		expiry:      o.Expiry,
	}
	if !o.At.IsZero() {
		u.at = s.clock.At(o.At).Truncate(time.Second)
	}
	if creds.CanExpire {
		u.expiry = min(u.expiry, creds.Expires.Sub(u.at).Truncate(time.Second))
	}
	if u.expiry < time.Second || !s.clock.Now().Before(u.at.Add(u.expiry)) {
		return "", errors.New("S3: the URL would have expired, or the credentials that sign it have")
	}
	return s.lane.signedURL(ctx, u)
}

// overrides returns the query by which a URL changes fields of the answer.
func (u *signing) overrides() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"response-content-disposition": u.ContentDisposition,
		"response-content-type":        u.ContentType,
		"response-cache-control":       u.CacheControl,
		"versionId":                    u.version,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (p *pipe) signedURL(ctx context.Context, u *signing) (string, error) {
	req, err := http.NewRequestWithContext(ctx, u.method, "", http.NoBody)
	if err != nil {
		return "", err
	}
	p.locate(req.URL, u.key, "")
	q := u.overrides()
	q.Set("X-Amz-Expires", strconv.FormatInt(int64(u.expiry/time.Second), 10))
	req.URL.RawQuery = q.Encode()
	req.Host = p.host
	signed, _, err := presigner.PresignHTTP(ctx, u.creds, req, unsignedPayload, p.service, p.region, u.at)
	return signed, err
}

// presigner signs paths as they are, since S3 does not escape them again.
var presigner = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
