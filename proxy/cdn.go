package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/freshness"
	"github.com/go-downloadview/downloadview/internal/requestid"
)

// URLSigner signs the URLs of a CDN. Package proxy/cloudfront has one for CloudFront, [CloudCDN] is Google's.
type URLSigner interface {
	// SignURL returns the URL with a signature that is valid until expires, in whole seconds.
	SignURL(rawURL string, expires time.Time) (string, error)
}

// CDN redirects the client to a CDN that has the storage as its origin. It streams what [Presign] streams: a
// Range that storages interpret otherwise than RFC 9110, and a download that sets Content-Encoding. A CDN must not be
// copied or modified after its first use.
//
// The client gets the media type, disposition and Cache-Control that are stored with the object, since a CDN has no
// others; see Overrides.
type CDN struct {
	// Mounts map keys to URLs. The Location of each is the beginning of an https URL with a slash at its end:
	// "https://cdn.example.com/files/".
	Mounts []Mount

	// Signer signs the URLs. nil is an error. [PublicFiles] stands for URLs without a signature: every file of the
	// mounts is then public.
	Signer URLSigner

	// Lifetime is the lifetime of signed URLs. With PublicFiles, Expiry and Window are errors.
	Lifetime

	// Status is the status of the redirect: 302, 303 or 307. 0 means 302.
	Status int

	// Overrides adds response-content-disposition, response-content-type and response-cache-control to the signed
	// URL. The CDN must forward its query, and the origin must apply it: S3 behind CloudFront's origin access control
	// does. For the CDN to cache the response, set a policy such as blobdownload.Public: the default is private.
	Overrides bool

	// RequestIDs adds the id of the request ([blobdownload.RequestID]) to the query of each URL, as x-request-id. The log of
	// the CDN then contains it. Each request gets a URL of its own: browsers cache none of them, and each is signed anew.
	// The CDN's cache key must not contain the parameter, or its cache has no second hit.
	RequestIDs bool

	// MaxHeader is the maximum length of the response header in bytes. 0 means blobdownload.DefaultMaxHeader. A
	// download with a longer one is streamed.
	MaxHeader int

	valid  validOnce
	stores storeNames
	urls   urlCache[cdnKey]
}

// Validate returns the faults of the configuration, each by the name of its field.
func (c *CDN) Validate() error { return c.validate("") }

func (c *CDN) validate(parent string) error {
	of := parent + "CDN"
	errs := []error{mounts(c.Mounts).validate(of+".Mounts", absoluteURL)}
	switch {
	case c.Signer == nil:
		errs = append(errs, fault(of+".Signer", "nil; want the CDN's signer, or PublicFiles{} for files that every client may read"))
	case c.public():
		errs = append(errs, c.validatePublic(of))
	}
	if google, ok := c.Signer.(*CloudCDN); ok {
		errs = append(errs, google.validateKey())
	}
	return errors.Join(append(errs, c.Lifetime.validate(of), validateStatus(of, c.Status), validateMaxHeader(of, c.MaxHeader))...)
}

func (c *CDN) mounted() (field string, all mounts) { return "CDN.Mounts", c.Mounts }

// Optimize returns a redirect of the client to the CDN.
func (c *CDN) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if err := c.valid.check(c); err != nil {
		return nil, err
	}
	if !redirectable(r, d) || c.public() && !isPublic(r, d) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	m, segments, err := c.stores.find(c.Mounts, d)
	if m == nil || err != nil {
		return nil, err
	}
	var id string
	if c.RequestIDs {
		id = blobdownload.RequestID(r)
	}
	u, err := c.sign(m, m.Location+escapedURL(segments)+c.overrides(d), id)
	if err != nil {
		return nil, err
	}
	to := redirectTo(u, d, c.Status)
	to.MaxHeader = c.MaxHeader
	return to, nil
}

// overrides returns the query that sets the response's header fields, or "".
func (c *CDN) overrides(d *blobdownload.Download) string {
	if !c.Overrides {
		return ""
	}
	known := d.File.KnownInfo()
	contentType, disposition := d.WithStoredName(&known).Offer(known.ContentType)
	return "?" + url.Values{
		"response-content-disposition": {disposition}, "response-content-type": {contentType},
		"response-cache-control": {freshness.Limit(d.CacheControl(), c.expiry())},
	}.Encode()
}

// sign signs a URL once for each window: two ECDSA signatures of one URL differ. A URL with the id of a request is not
// cached.
func (c *CDN) sign(m *Mount, target, requestID string) (*signedURL, error) {
	if c.public() {
		return &signedURL{location: []string{target}}, nil
	}
	now := c.now()
	expires := now.Truncate(c.window()).Add(c.window() + c.expiry()).Truncate(time.Second)
	if requestID != "" {
		return c.signNew(m, withRequestID(target, requestID), expires)
	}
	k := cdnKey{target, expires.Unix()}
	if u := c.urls.get(k, now); u != nil {
		return u, nil
	}
	u, err := c.signNew(m, target, expires)
	if err != nil {
		return nil, err
	}
	c.urls.put(k, u)
	return u, nil
}

func (c *CDN) signNew(m *Mount, target string, expires time.Time) (*signedURL, error) {
	signed, err := c.Signer.SignURL(target, expires)
	if err != nil {
		return nil, fmt.Errorf("proxy: CDN.Signer: %w", err)
	}
	if !strings.HasPrefix(signed, m.Location) {
		return nil, errors.New("proxy: CDN.Signer: the signed URL is outside of the mount")
	}
	return &signedURL{location: []string{signed}, expires: expires}, nil
}

// withRequestID adds the id of a request to the query of a URL.
func withRequestID(target, id string) string {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	return target + separator + requestid.Param + "=" + url.QueryEscape(id)
}

// absoluteURL accepts the beginning of an https URL with a plain path.
func absoluteURL(location string) error {
	u, err := url.Parse(location)
	switch {
	case err != nil || u.Scheme != "https" || !validHost(u.Host) || u.User != nil:
		return errors.New("is not an https URL; want one like https://cdn.example.com/files/")
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(location, "?#"):
		return errors.New("has a query or a fragment")
	case location != "https://"+u.Host+"/" && locationPath(strings.TrimPrefix(location, "https://"+u.Host)) != nil:
		return errors.New("has no slash at its end, or a path that is not plain")
	}
	return nil
}
