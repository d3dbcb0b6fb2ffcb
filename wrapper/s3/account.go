package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// account is the endpoint of a bucket, and the scope in which its requests are signed.
type account struct {
	scheme, host    string
	base            string // the escaped path up to the key
	region, service string // "" for anonymous access
}

// findAccount reads the endpoint from a request of the SDK, stopped before it is sent: every rule on endpoints is the
// SDK's, like the reading of the environment. It fails where the client changes requests in a way that the direct route cannot.
func findAccount(ctx context.Context, client *s3.Client, bucket string) (*account, error) {
	options := client.Options()
	if len(options.APIOptions) > 0 || intercepts(&options) {
		return nil, errors.New("the client has middleware or interceptors")
	}
	if _, ok := options.HTTPSignerV4.(*v4.Signer); !ok {
		return nil, errors.New("the client has a signer of its own")
	}
	req, err := unsent(ctx, client, bucket, probe)
	if err != nil {
		return nil, err
	}
	return read(req)
}

// intercepts reports whether any of the registry's lists has an entry.
func intercepts(o *s3.Options) bool {
	for _, list := range reflect.ValueOf(o.Interceptors).Fields() {
		if list.Kind() == reflect.Slice && list.Len() > 0 {
			return true
		}
	}
	return false
}

// read returns the account that a request of the SDK is for.
func read(req *http.Request) (*account, error) {
	a := &account{scheme: req.URL.Scheme, host: req.Host}
	if a.host == "" {
		a.host = req.URL.Host
	}
	var ok bool
	if a.base, ok = strings.CutSuffix(req.URL.EscapedPath(), probe); !ok || !strings.HasSuffix(a.base, "/") {
		return nil, errors.New("the key is not the end of the path")
	}
	if q := req.URL.RawQuery; q != "" && q != "x-id=GetObject" {
		return nil, errors.New("requests have a query")
	}
	for name := range req.Header {
		if !usual[name] {
			return nil, fmt.Errorf("requests have a field %s", name)
		}
	}
	authorization := req.Header.Get("Authorization")
	if authorization == "" {
		return a, nil
	}
	rest, ok := strings.CutPrefix(authorization, algorithm+" Credential="+probeKey+"/")
	credential, _, ok2 := strings.Cut(rest, ",")
	scope := strings.Split(credential, "/")
	if !ok || !ok2 || len(scope) != 4 || scope[3] != terminator {
		return nil, errors.New("requests are not signed by Signature Version 4")
	}
	a.region, a.service = scope[1], scope[2]
	return a, nil
}

// usual are the fields of every request of the SDK.
var usual = map[string]bool{
	"Accept-Encoding": true, "Amz-Sdk-Invocation-Id": true, "Amz-Sdk-Request": true, "Authorization": true,
	"User-Agent": true, "X-Amz-Checksum-Mode": true, "X-Amz-Content-Sha256": true, "X-Amz-Date": true,
	"X-Amz-User-Agent": true, "X-Amzn-Trace-Id": true,
}

// The key and the credentials of requests that are never sent.
const probe, probeKey, probeSecret = "downloadview", "AKIDPROBE", "probe"

// unsent returns the request that the client would send for an object.
func unsent(ctx context.Context, client *s3.Client, bucket, key string) (*http.Request, error) {
	stop := &stopSigned{}
	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key}, func(o *s3.Options) {
		if o.Credentials != nil {
			o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: probeKey, SecretAccessKey: probeSecret}, nil
			})
		}
		o.ExpressCredentials = noSessions{}
		o.Retryer = aws.NopRetryer{}
		o.ClientLogMode = 0
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Insert(stop, "Signing", middleware.After)
		})
	})
	if stop.req == nil {
		return nil, fmt.Errorf("the SDK made no request: %w", err)
	}
	return stop.req, nil
}

var errStopped = errors.New("s3: not to be sent")

// stopSigned is the middleware that keeps a signed request and sends nothing.
type stopSigned struct{ req *http.Request }

func (*stopSigned) ID() string { return "downloadviewStop" }

func (s *stopSigned) HandleFinalize(
	_ context.Context, in middleware.FinalizeInput, _ middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	if r, ok := in.Request.(*smithyhttp.Request); ok {
		s.req = r.Request
	}
	return middleware.FinalizeOutput{}, middleware.Metadata{}, errStopped
}

// noSessions prevents the SDK from opening a session of S3 Express.
type noSessions struct{}

func (noSessions) Retrieve(context.Context, string) (aws.Credentials, error) {
	return aws.Credentials{}, errStopped
}
