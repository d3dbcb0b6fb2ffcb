package gcs

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"

	"cloud.google.com/go/storage"
	"google.golang.org/api/option"
)

// account is the endpoint of a bucket, and whose credentials its requests bear.
type account struct {
	bucket   string
	base     url.URL // of the bucket, with a slash at its end
	universe string  // "" for the usual one
	public   bool    // no credentials are sent
}

// findAccount reads the URL that a bucket was opened with, and the environment. The endpoint is from a request of the SDK that
// is not sent, so that every rule on endpoints is the SDK's. It fails for a URL that requests
// what the direct route has not, such as gRPC.
func findAccount(bucket string, opened *url.URL) (*account, error) {
	if opened == nil {
		return nil, errors.New("it was not opened with wrapper.OpenBucket")
	}
	q := opened.Query()
	if isTrue(q.Get("grpc")) || isTrue(q.Get("zonal")) {
		return nil, errors.New("it is read using gRPC")
	}
	if os.Getenv("STORAGE_EMULATOR_HOST_GRPC") != "" {
		return nil, errors.New("it is an emulator of gRPC")
	}
	a := &account{bucket: bucket, universe: q.Get("universe_domain")}
	a.public = isTrue(q.Get("anonymous")) || q.Get("access_id") == "-" || os.Getenv("STORAGE_EMULATOR_HOST") != ""
	if err := a.locate(); err != nil {
		return nil, err
	}
	return a, nil
}

// locate sets base to the bucket's URL in the account's universe.
func (a *account) locate() error {
	req, err := unsent(a.bucket, a.universe)
	if err != nil {
		return err
	}
	path, ok := strings.CutSuffix(req.URL.Path, probe)
	if !ok || !strings.HasSuffix(path, "/") || req.URL.RawQuery != "" {
		return errors.New("the key is not the end of the SDK's URL")
	}
	a.base = url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: path}
	return nil
}

// isTrue reads a boolean parameter as Go CDK does, which has refused a URL with any other.
func isTrue(parameter string) bool {
	switch parameter {
	case "1", "t", "T", "true", "TRUE", "True":
		return true
	default:
		return false
	}
}

// probe is the key of a request that is never sent.
const probe = "downloadview"

// unsent returns the request that the SDK would send for an object.
func unsent(bucket, universe string) (*http.Request, error) {
	stop := &stopped{}
	opts := []option.ClientOption{option.WithHTTPClient(&http.Client{Transport: stop}), option.WithoutAuthentication()}
	if universe != "" {
		opts = append(opts, option.WithUniverseDomain(universe))
	}
	ctx := context.Background()
	c, err := storage.NewClient(ctx, opts...)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r, err := c.Bucket(bucket).Object(probe).Retryer(storage.WithPolicy(storage.RetryNever)).NewReader(ctx)
	if err == nil {
		_ = r.Close()
	}
	if stop.req == nil {
		return nil, errors.Join(errors.New("the SDK made no request"), err)
	}
	return stop.req, nil
}

// stopped is a transport that keeps a request and sends nothing.
type stopped struct{ req *http.Request }

var errStopped = errors.New("not to be sent")

func (s *stopped) RoundTrip(r *http.Request) (*http.Response, error) {
	s.req = r
	return nil, errStopped
}
