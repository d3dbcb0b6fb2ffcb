package s3

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// store is a bucket of S3. It implements wrapper.Store.
type store struct {
	service   upstream.Service
	client    *s3.Client // to list versions
	bucket    string
	keys      bucketkey.Keys
	creds     aws.CredentialsProvider // nil for anonymous access
	checksums bool                    // verify the checksums that the store keeps
	route     route
	base      *url.URL // of the bucket; nil where it is not known
	renewals  flight.Group[aws.Credentials]

	unversioned atomic.Bool     // the credentials may not read by version
	transport   *http.Transport // the route's, unless it is the client's

	lists    atomic.Bool // the store lists the parts of objects
	unlisted atomic.Bool // the store was found not to list the parts of objects
}

// route is a way to the store. Its keys are the store's.
type route interface {
	// send makes one request.
	send(ctx context.Context, method string, r *request) (*http.Response, error)

	// sendPart requests the header of one part of the object.
	sendPart(ctx context.Context, r *request, number int) (*http.Response, error)

	// sendParts requests the list of the parts that follow the first `after` parts.
	sendParts(ctx context.Context, r *request, after int) (*http.Response, error)

	// signedURL signs as of o.At, by the store's clock, for o.Expiry.
	signedURL(ctx context.Context, key string, o *wrapper.SignOptions, creds aws.Credentials) (string, error)
}

// request is one request for an object. It is the call, its Attempt and the HTTP request of the first attempt in one: that
// spares four allocations.
type request struct {
	upstream.Call // Method and Key; Attempt is the request

	store    *store
	ctx      context.Context //nolint:containedctx // of one call of Send
	version  string
	fields   http.Header
	checksum bool // request the checksum of the whole object as well
	creds    aws.Credentials
	to       *target // nil: the bucket's own endpoint

	first upstream.Request
	begun bool // first is in use
}

// attempt returns the HTTP request to make next. net/http may still read the one of an earlier attempt.
func (r *request) attempt() *upstream.Request {
	if r.begun {
		return new(upstream.Request)
	}
	r.begun = true
	return &r.first
}

// Send makes one request. It makes another one only if the first was refused for the clock, for credentials that have been
// replaced since, or for the version, or was redirected.
func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	r := &request{store: s, ctx: ctx, version: version, fields: h}
	r.Method, r.Attempt = method, r
	if err := r.prepare(key); err != nil {
		return nil, err
	}
	if s.unversioned.Load() && canOmitVersion(r) {
		r.version = ""
	}
	r.checksum = s.checksums && upstream.Field(h, "Range") == "" // that of the whole does not fit a part
	resp, err := s.service.Send(&r.Call)
	if err == nil && r.version != version {
		s.unversioned.Store(true)
	}
	return resp, err
}

// prepare sets the key in the store and the credentials.
func (r *request) prepare(key string) (err error) {
	if r.Key, err = r.store.keys.InStore(r.ctx, key); err == nil {
		r.creds, err = r.store.credentials(r.ctx)
	}
	return err
}

// Try sends the request.
func (r *request) Try(method string) (*http.Response, error) {
	return r.store.route.send(r.ctx, method, r)
}

// Remedy removes the cause of a refusal, and reports whether it did.
func (r *request) Remedy(e *upstream.APIError) (ok bool) {
	s, ctx := r.store, r.ctx
	switch {
	case e.StatusCode < http.StatusBadRequest:
		return s.redirect(r, e)
	case isDenied(e) && canOmitVersion(r):
		r.version = ""
		return true
	case s.creds == nil || e.StatusCode == http.StatusNotFound || e.Refusal.Kind.Retry || e.Refusal.Kind == upstream.Missing:
		return false
	default:
		r.creds, ok = s.renewed(ctx, r.creds, e)
		return ok
	}
}

// isDenied reports whether a permission is missing. The response to HEAD has no code.
func isDenied(e *upstream.APIError) bool {
	return e.Code == "AccessDenied" || e.Code == "" && e.StatusCode == http.StatusForbidden
}

// canOmitVersion reports whether a request for a version has an entity-tag too. Reading a version needs
// s3:GetObjectVersion, which credentials may lack that have s3:GetObject.
func canOmitVersion(r *request) bool {
	return r.version != "" && strings.HasPrefix(upstream.Field(r.fields, "If-Match"), `"`)
}

// CloseIdleConnections closes those of the route, unless they are the client's.
func (s *store) CloseIdleConnections() {
	if s.transport != nil {
		s.transport.CloseIdleConnections()
	}
}

// credentials returns the current credentials, which the provider caches and renews.
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
