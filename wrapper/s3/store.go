package s3

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// store is a bucket of S3. It implements wrapper.Store.
type store struct {
	service   upstream.Service
	bucket    string
	keys      bucketkey.Keys
	creds     aws.CredentialsProvider // nil for anonymous access
	checksums bool                    // verify the checksums that the store keeps
	route     route
	direct    *direct     // the route if it is this one, else nil
	lists     atomic.Bool // the store lists the parts of objects
	unlisted  atomic.Bool // the store was found not to list the parts of objects
}

// route is a way to the store. Its keys are the store's.
type route interface {
	// send makes one request. With checksum, it requests the checksum of the whole object as well.
	send(ctx context.Context, method, key, version string, h http.Header, checksum bool, creds aws.Credentials) (*http.Response, error)

	// sendPart requests the header of one part of the version that info describes.
	sendPart(ctx context.Context, key string, info *wrapper.Info, number int, creds aws.Credentials) (*http.Response, error)

	// sendParts requests the list of the parts that follow the first `after` parts.
	sendParts(ctx context.Context, key string, info *wrapper.Info, after int, creds aws.Credentials) (*http.Response, error)

	// signedURL signs as of o.At, by the store's clock, for o.Expiry.
	signedURL(ctx context.Context, key string, o *wrapper.SignOptions, creds aws.Credentials) (string, error)
}

// Send makes one request. It makes a second one only if the first was refused for the clock, or for credentials that
// have been replaced since.
func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return nil, err
	}
	creds, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	checksum := s.checksums && upstream.Field(h, "Range") == "" // that of the whole does not fit a part
	return s.service.Send(method, func() (*http.Response, error) {
		return s.route.send(ctx, method, full, version, h, checksum, creds)
	}, func(e *upstream.APIError) (ok bool) {
		creds, ok = s.renewed(ctx, creds, e)
		return ok || e.Skewed
	})
}

// CloseIdleConnections closes those of the direct route, unless they are the client's.
func (s *store) CloseIdleConnections() {
	if s.direct != nil && s.direct.transport != nil {
		s.direct.transport.CloseIdleConnections()
	}
}

// credentials returns those to sign by now: the provider caches and renews them.
func (s *store) credentials(ctx context.Context) (aws.Credentials, error) {
	if s.creds == nil {
		return aws.Credentials{}, nil
	}
	c, err := s.creds.Retrieve(ctx)
	if err != nil {
		return c, fmt.Errorf("S3 credentials: %w", upstream.WithoutURL(err))
	}
	return c, nil
}

// renewed returns the credentials that have taken the place of those which a refused request was signed by, if there are
// any.
func (s *store) renewed(ctx context.Context, used aws.Credentials, e *upstream.APIError) (aws.Credentials, bool) {
	if e.Skewed || s.creds == nil || e.StatusCode < 400 || e.StatusCode == http.StatusNotFound {
		return used, false
	}
	if expired(e.Code) {
		if cache, ok := s.creds.(interface{ Invalidate() }); ok {
			cache.Invalidate()
		}
	}
	now, err := s.credentials(ctx)
	if err != nil || equal(&now, &used) {
		return used, false
	}
	return now, true
}

func equal(a, b *aws.Credentials) bool {
	return a.AccessKeyID == b.AccessKeyID && a.SecretAccessKey == b.SecretAccessKey && a.SessionToken == b.SessionToken
}
