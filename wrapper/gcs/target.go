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

// target is where requests for the objects of a bucket go, and who they are from.
type target struct {
	bucket   string
	base     url.URL // of the bucket, with a slash at its end
	universe string  // "" for the usual one
	public   bool    // no credentials are sent
}

// learnTarget reads the URL by which a bucket was opened, and has the SDK make a request that is not sent, so
// that every rule on endpoints is the SDK's. It fails where the URL asks for what the pipe is not.
func learnTarget(bucket string, opened *url.URL) (*target, error) {
	if opened == nil {
		return nil, errors.New("it was not opened by wrapper.OpenBucket")
	}
	q := opened.Query()
	if isTrue(q.Get("grpc")) || isTrue(q.Get("zonal")) {
		return nil, errors.New("it is read by gRPC")
	}
	if os.Getenv("STORAGE_EMULATOR_HOST_GRPC") != "" {
		return nil, errors.New("an emulator of gRPC stands in for it")
	}
	t := &target{bucket: bucket, universe: q.Get("universe_domain")}
	t.public = isTrue(q.Get("anonymous")) || q.Get("access_id") == "-" || os.Getenv("STORAGE_EMULATOR_HOST") != ""
	if err := t.locate(); err != nil {
		return nil, err
	}
	return t, nil
}

// locate finds where the bucket is in the target's universe.
func (t *target) locate() error {
	req, err := unsent(t.bucket, t.universe)
	if err != nil {
		return err
	}
	path, ok := strings.CutSuffix(req.URL.Path, probe)
	if !ok || !strings.HasSuffix(path, "/") || req.URL.RawQuery != "" {
		return errors.New("the key is not the end of the SDK's URL")
	}
	t.base = url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: path}
	return nil
}

// isTrue reads a parameter as Go CDK does, which has refused the URL if it is neither.
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

// stopped is a transport that sends nothing.
type stopped struct{ req *http.Request }

var errStopped = errors.New("not to be sent")

func (s *stopped) RoundTrip(r *http.Request) (*http.Response, error) {
	s.req = r
	return nil, errStopped
}
