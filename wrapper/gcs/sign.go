package gcs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The parts of signing process version 4, https://cloud.google.com/storage/docs/authentication/signatures.
const (
	algorithm  = "GOOG4-RSA-SHA256"
	timeFormat = "20060102T150405Z"
	scope      = "/auto/storage/goog4_request"
)

// SignedURL signs with version 4, the only one that covers a query: version 2, Go CDK's default, drops the name and
// type of the response without an error. The SDK provides the parts of a URL, but signs only as of now by this
// machine's clock. So its URL is signed again here, by the store's clock, as of o.At.
func (s *store) SignedURL(ctx context.Context, key string, o wrapper.SignOptions) (string, error) {
	b := s.bucket.Value()
	if b == nil {
		return "", errClosed
	}
	var accessID string
	var sign func([]byte) ([]byte, error)
	unsigned, err := b.SignedURL(ctx, key, &blob.SignedURLOptions{Expiry: o.Expiry, BeforeSign: func(as func(any) bool) (err error) {
		var opts *storage.SignedURLOptions
		if !as(&opts) {
			return errors.ErrUnsupported
		}
		opts.Scheme = storage.SigningSchemeV4
		opts.Method = o.Method
		opts.QueryParameters = overrides(&o)
		accessID = opts.GoogleAccessID
		sign, err = s.signer.of(opts)
		opts.PrivateKey, opts.SignBytes = nil, func([]byte) ([]byte, error) { return nil, nil }
		return err
	}})
	if err != nil {
		return "", err
	}
	return signAt(unsigned, o.Method, accessID, s.service.Clock.SigningTime(o.At), o.Expiry, sign)
}

// overrides returns the query of a URL that changes fields of the response.
func overrides(o *wrapper.SignOptions) url.Values {
	return upstream.Overrides(o.ContentDisposition, o.ContentType, o.CacheControl, "generation", o.Version)
}

// signAt signs a URL as of a time.
func signAt(
	unsigned, method, accessID string, at time.Time, expiry time.Duration, sign func([]byte) ([]byte, error),
) (string, error) {
	u, err := url.Parse(unsigned)
	if err != nil {
		return "", errors.New("the SDK made an invalid URL")
	}
	date := at.Format(timeFormat)
	where := date[:len("20060102")] + scope
	q := u.Query()
	q.Del("X-Goog-Signature")
	q.Set("X-Goog-Credential", accessID+"/"+where)
	q.Set("X-Goog-Date", date)
	q.Set("X-Goog-Expires", strconv.FormatInt(int64(expiry/time.Second), 10))
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	request := strings.Join([]string{
		method, u.EscapedPath(), u.RawQuery, "host:" + u.Hostname(), "", "host", "UNSIGNED-PAYLOAD",
	}, "\n")
	signature, err := sign(fmt.Appendf(nil, "%s\n%s\n%s\n%x", algorithm, date, where, sha256.Sum256([]byte(request))))
	if err != nil {
		return "", fmt.Errorf("GCS: sign: %w", err)
	}
	u.RawQuery += "&X-Goog-Signature=" + hex.EncodeToString(signature)
	return u.String(), nil
}
