package wrapper

import (
	"context"
	"log/slog"
	"net/url"
	"sync"

	"gocloud.dev/blob"
)

// OpenBucket opens a bucket by a Go CDK URL as blob.OpenBucket does, and tells its provider the URL: where the
// credentials are those that the URL stands for, requests can be signed here instead of by an SDK. A bucket
// of a cloud whose provider package (wrapper/s3, wrapper/gcs, wrapper/azure) is not imported works, by more
// requests; the log says so once.
func OpenBucket(ctx context.Context, rawURL string) (*blob.Bucket, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	b, err := blob.OpenBucket(ctx, rawURL)
	if err != nil {
		return nil, err
	}
	if storeOf(b, u) == nil {
		sayWhatIsMissing(ctx, u.Scheme)
	}
	return b, nil
}

// providers are the packages that know the buckets of a URL scheme.
var providers = map[string]string{"s3": "wrapper/s3", "gs": "wrapper/gcs", "azblob": "wrapper/azure"}

var said sync.Map // schemes whose missing provider was logged

func sayWhatIsMissing(ctx context.Context, scheme string) {
	provider, ok := providers[scheme]
	if !ok {
		return
	}
	if _, before := said.LoadOrStore(scheme, true); before {
		return
	}
	slog.WarnContext(ctx, "objects are described by one request and read by another, and nothing is signed but plain links; "+
		"importing their provider makes it one request, and resumes what breaks off",
		"scheme", scheme, "import", "github.com/go-downloadview/downloadview/"+provider)
}
