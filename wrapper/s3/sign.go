package s3

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/go-downloadview/downloadview/internal/requestid"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// unsignedPayload takes the place of the body's hash in the signature of a URL.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// SignedURL makes no request, unless credentials must be renewed. A URL expires with the credentials that sign it, if
// that is before its Expiry. A URL that has expired by now, signed as of a time long ago, is an error.
func (s *store) SignedURL(ctx context.Context, key string, o wrapper.SignOptions) (string, error) {
	if s.creds == nil || o.Version != "" && s.unversioned.Load() {
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
	o.At = s.service.Clock.SigningTime(o.At)
	if creds.CanExpire {
		o.Expiry = min(o.Expiry, creds.Expires.Sub(o.At).Truncate(time.Second))
	}
	if o.Expiry < time.Second || !s.service.Clock.Now().Before(o.At.Add(o.Expiry)) {
		return "", errors.New("S3: the URL would have expired, or the credentials that sign it have")
	}
	return s.route.signedURL(ctx, full, &o, creds)
}

// overrides returns the query of a URL that changes fields of the response, with the id of the request for the access log.
func overrides(o *wrapper.SignOptions) url.Values {
	q := upstream.Overrides(o.ContentDisposition, o.ContentType, o.CacheControl, "versionId", o.Version)
	if o.RequestID != "" {
		q.Set(requestid.Param, o.RequestID)
	}
	return q
}
