package s3

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// direct is the route of requests that are signed here and sent by an HTTP transport.
type direct struct {
	base      url.URL // of the bucket, with a slash at its end
	signer    *signer // nil for anonymous access, and without a region
	clock     *upstream.Clock
	do        doer
	transport *http.Transport // do's, unless it is the client's
}

func openDirect(ctx context.Context, client *s3.Client, bucket string) (*direct, error) {
	a, err := findAccount(ctx, client, bucket)
	if err != nil {
		return nil, err
	}
	path, err := url.PathUnescape(a.base)
	if err != nil {
		return nil, err
	}
	d := &direct{base: url.URL{Scheme: a.scheme, Host: withoutDefaultPort(a.scheme, a.host), Path: path, RawPath: a.base}}
	d.do, d.transport = sender(client.Options().HTTPClient)
	if a.region != "" {
		d.signer = &signer{region: a.region, service: a.service}
	}
	return d, nil
}

// withoutDefaultPort returns the host as the Host field has it that is signed.
func withoutDefaultPort(scheme, host string) string {
	port := ":443"
	if scheme == "http" {
		port = ":80"
	}
	return strings.TrimSuffix(host, port)
}

// locate completes a URL of the bucket, or of where it is redirected to, with a key, escaped as S3 signs it.
func locate(u *url.URL, key string) {
	u.Path += key
	if u.RawPath == "" {
		u.RawPath = httpbinding.EscapePath(strings.TrimSuffix(u.Path, key), false)
	}
	if unreserved(u.Path) {
		u.RawPath = "" // Path is not escaped
		return
	}
	u.RawPath += httpbinding.EscapePath(key, false)
}

// unreserved reports whether a key is the same in a URL (RFC 3986 section 2.3).
func unreserved(key string) bool {
	for i := range len(key) {
		switch c := key[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~', c == '/':
		default:
			return false
		}
	}
	return true
}

func (d *direct) send(ctx context.Context, method string, o *request) (*http.Response, error) {
	r, sign := d.prepare(ctx, method, o)
	return d.finish(r, sign, &o.creds)
}

// prepare returns a request that is complete but for its signature, and the signer.
func (d *direct) prepare(ctx context.Context, method string, o *request) (*upstream.Request, *signer) {
	base, sign := d.endpoint(o)
	r := o.attempt()
	r.Init(ctx, method, base)
	locate(r.URL, o.Key)
	r.URL.RawQuery = o.query("", "")
	r.Set("Accept-Encoding", "identity")
	r.PassOn(o.fields)
	if o.checksum {
		r.Set("X-Amz-Checksum-Mode", "ENABLED")
	}
	return r, sign
}

// endpoint returns the URL of the bucket that a request is sent to, and the signer of its region.
func (d *direct) endpoint(r *request) (*url.URL, *signer) {
	if r.to != nil {
		return &r.to.base, d.signer.in(r.to.region)
	}
	return &d.base, d.signer
}

// finish signs a request that is complete otherwise, and sends it.
func (d *direct) finish(r *upstream.Request, sign *signer, creds *aws.Credentials) (*http.Response, error) {
	if sign != nil {
		r.Set("X-Amz-Date", d.clock.Date())
		r.Set("X-Amz-Content-Sha256", emptySHA256)
		r.Set("X-Amz-Security-Token", creds.SessionToken)
		r.Set("Authorization", sign.authorization(creds, r))
	}
	return r.Send(d.do)
}

// query returns the query of a request in the form in which it is signed, with a parameter unless its name is "". Names are
// in alphabetical order, before versionId.
func (r *request) query(name, value string) string {
	switch {
	case r.to != nil && len(r.to.query) > 0:
	case name == "":
		return versionQuery("", r.version)
	default:
		return name + "=" + value + versionQuery("&", r.version)
	}
	q := maps.Clone(r.to.query)
	if name != "" {
		q.Set(name, value)
	}
	if r.version != "" {
		q.Set("versionId", r.version)
	}
	return strings.ReplaceAll(q.Encode(), "+", "%20")
}

func (d *direct) signedURL(ctx context.Context, key string, o *wrapper.SignOptions, creds aws.Credentials) (string, error) {
	if d.signer == nil {
		return "", errNoRegion
	}
	r := upstream.NewRequest(ctx, o.Method, &d.base)
	locate(r.URL, key)
	q := overrides(o)
	q.Set("X-Amz-Expires", strconv.FormatInt(int64(o.Expiry/time.Second), 10))
	r.URL.RawQuery = q.Encode()
	signed, _, err := presigner.PresignHTTP(ctx, creds, &r.Request, unsignedPayload, d.signer.service, d.signer.region, o.At)
	return signed, err
}

// presigner signs paths as they are, since S3 does not escape them again.
var presigner = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
