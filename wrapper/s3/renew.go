package s3

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// renewalTime is the limit of a renewal, which several requests wait for and none of them can cancel.
const renewalTime = 30 * time.Second

// renewed returns the credentials that have taken the place of those which a refused request was signed by, if there are
// any. Requests that are refused together share one renewal.
func (s *store) renewed(ctx context.Context, used aws.Credentials, e *upstream.APIError) (aws.Credentials, bool) {
	now, err := s.renewals.Do(ctx, used.AccessKeyID+used.SessionToken, func(ctx context.Context) (aws.Credentials, error) {
		now, err := s.credentials(ctx)
		if err != nil || !equal(&now, &used) || e.Refusal.Kind != upstream.Expired {
			return now, err
		}
		if cache, ok := s.creds.(interface{ Invalidate() }); ok {
			cache.Invalidate()
		}
		return s.credentials(ctx)
	})
	if err != nil || equal(&now, &used) {
		return used, false
	}
	return now, true
}

func equal(a, b *aws.Credentials) bool {
	return a.AccessKeyID == b.AccessKeyID && a.SecretAccessKey == b.SecretAccessKey && a.SessionToken == b.SessionToken
}
