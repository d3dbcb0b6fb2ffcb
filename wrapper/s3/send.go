package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// Send makes one request, and a second one only where the first was refused because of the clock or of
// credentials that have been replaced since. Refusals that no repetition helps (400 to 404, redirects)
// are errors that name their cause and have the status as HTTPStatusCode.
func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return nil, err
	}
	creds, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	resp, refused, err := s.try(ctx, &request{method: method, key: full, version: version, fields: h, creds: creds})
	if err != nil || resp != nil {
		return resp, err
	}
	creds, ok := s.mend(ctx, creds, refused)
	if !ok {
		return nil, refused
	}
	resp, again, err := s.try(ctx, &request{method: method, key: full, version: version, fields: h, creds: creds})
	if err != nil || resp != nil {
		return resp, err
	}
	return nil, again
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

// try returns an answer, or the refusal that was the answer, or the error that was in its way.
func (s *store) try(ctx context.Context, r *request) (*http.Response, *refusal, error) {
	r.signed = s.clock.Offset()
	resp, err := s.lane.send(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	switch status := resp.StatusCode; {
	case status == http.StatusOK, status == http.StatusPartialContent:
		if !ofS3(resp) {
			_ = resp.Body.Close()
			return nil, nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
		}
		s.clock.Observe(resp)
	case status == http.StatusRequestedRangeNotSatisfiable:
		sizeOfUnsatisfied(resp)
	case status >= 300 && status <= 404 && status != http.StatusNotModified:
		refused := s.readRefusal(r, resp)
		if refused.foreign {
			return nil, nil, fmt.Errorf("endpoint answered %d, but %w", status, errForeign)
		}
		return nil, refused, nil
	}
	return resp, nil, nil
}

var errForeign = errors.New("not as S3 does: is it the endpoint of an S3 store?")

// ofS3 reports whether an answer is one of a store: every object has a tag, and every answer of AWS an id.
func ofS3(resp *http.Response) bool {
	return resp.Header.Get("ETag") != "" || resp.Header.Get("X-Amz-Request-Id") != ""
}

// mend removes the cause of a refusal, if it is one that can be removed, and returns the credentials to
// ask by again.
func (s *store) mend(ctx context.Context, used aws.Credentials, refused *refusal) (aws.Credentials, bool) {
	if refused.clock || s.creds == nil || refused.status == http.StatusNotFound || refused.status < 400 {
		return used, refused.clock
	}
	if refused.expired() {
		if cache, ok := s.creds.(interface{ Invalidate() }); ok {
			cache.Invalidate()
		}
	}
	now, err := s.credentials(ctx)
	return now, err == nil && !equal(&now, &used)
}

func equal(a, b *aws.Credentials) bool {
	return a.AccessKeyID == b.AccessKeyID && a.SecretAccessKey == b.SecretAccessKey && a.SessionToken == b.SessionToken
}
