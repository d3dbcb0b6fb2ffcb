package s3

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// store is a bucket of S3. It implements wrapper.Store.
type store struct {
	bucket    string
	keys      bucketkey.Keys
	clock     upstream.Clock
	creds     aws.CredentialsProvider // nil for anonymous access
	checksums bool                    // ask for the checksums that the store keeps
	lane      lane
	own       *http.Transport // where the pipe has one of its own, or nil
}

// CloseIdleConnections closes those of the pipe.
func (s *store) CloseIdleConnections() {
	if s.own != nil {
		s.own.CloseIdleConnections()
	}
}

// lane is a way to the store.
type lane interface {
	send(ctx context.Context, r *request) (*http.Response, error)
	signedURL(ctx context.Context, s *signing) (string, error)
}

// open makes no request.
func open(b *blob.Bucket, _ *url.URL) (wrapper.Store, bool) {
	var client *s3.Client
	if !b.As(&client) {
		return nil, false
	}
	ctx := context.Background()
	name, keys, err := bucketkey.Learn(ctx, b, ask)
	if err != nil {
		return nil, false // a closed bucket, for one: Go CDK says it better
	}
	options := client.Options()
	s := &store{
		bucket:    name,
		keys:      keys,
		clock:     upstream.Clock{Store: "S3", Layout: timeFormat},
		creds:     options.Credentials,
		checksums: options.ResponseChecksumValidation != aws.ResponseChecksumValidationWhenRequired,
	}
	p, err := openPipe(ctx, client, s)
	if err != nil {
		slog.Debug("S3: requests go through the AWS SDK", "bucket", name, "why", err)
		s.lane = &sdk{client: client, store: s}
		return s, true
	}
	s.lane = p
	return s, true
}
