package s3

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // registers the scheme

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(open) }

// open returns the store of a bucket of S3, and false for any other bucket. It makes no request.
func open(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
	var client *s3.Client
	if !b.As(&client) {
		return nil, false
	}
	ctx := context.Background()
	name, keys, err := bucketkey.Learn(ctx, b, storeKey)
	if err != nil {
		return nil, false // a closed bucket, for one: Go CDK's own error is better
	}
	options := client.Options()
	s := &store{
		client:    client,
		renewals:  flight.Group[aws.Credentials]{Limit: renewalTime, Continues: true},
		bucket:    name,
		keys:      keys,
		creds:     options.Credentials,
		checksums: options.ResponseChecksumValidation != aws.ResponseChecksumValidationWhenRequired,
	}
	s.service.Protocol, s.service.Bucket = protocol, bucketName(name)
	s.service.Clock.Store, s.service.Clock.Layout = "S3", timeFormat
	d, err := openDirect(ctx, client, name)
	if err != nil {
		slog.Debug("S3: requests go through the AWS SDK", "bucket", name, "why", redact.Error(err))
		through := newSDK(ctx, client, name, &s.service.Clock)
		s.route, s.transport, s.base = through, through.transport, through.base
		return s, true
	}
	d.clock = &s.service.Clock
	s.route, s.transport, s.base = d, d.transport, &d.base
	return s, true
}

// storeKey returns the bucket and the key of the request that the driver would make.
var storeKey = bucketkey.Before(func(as func(any) bool) (bucket, full string, ok bool) {
	var in *s3.GetObjectInput
	if !as(&in) {
		return "", "", false
	}
	return aws.ToString(in.Bucket), aws.ToString(in.Key), true
})

var _ interface {
	wrapper.Store
	wrapper.IdleCloser
	wrapper.PartStore
	wrapper.VersionStore
} = (*store)(nil)

// protocol is how stores with S3's protocol respond.
var protocol = &upstream.Protocol{Refusals: upstream.S3Refusals, Genuine: genuine, Foreign: errForeign, Archived: archived, Error: apiError}
