package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// URLSigner signs the URLs of a CDN: proxy/cloudfront has one for CloudFront, [CloudCDN] is Google's.
type URLSigner interface {
	// SignURL returns the URL with a signature that is good until expires, in whole seconds.
	SignURL(rawURL string, expires time.Time) (string, error)
}

// CDN sends the client to a CDN that has the storage as its origin. Each mount's At is the beginning of a URL,
// "https://cdn.example.com/files/". It answers or leaves to the server what Presign does: a HEAD, a Range that stores
// read in other ways, a download with a Content-Encoding of its own. It must not be copied, nor its fields changed, once it
// is used.
//
// The client gets the type, the disposition and the Cache-Control that are stored with the object, since a CDN knows no
// others; see Overrides.
type CDN struct {
	Mounts []Mount
	Signer URLSigner

	Expiry time.Duration // how long a URL lives at least; 0 means 5 minutes
	Window time.Duration // for how long everybody gets the same URL; 0 means Expiry
	Status int           // 302 when 0, or 303 or 307

	// Overrides adds response-content-disposition, response-content-type and response-cache-control to the
	// URL, under its signature. It takes a CDN that passes its query on, and an origin that obeys: S3 behind an
	// origin access control of CloudFront does. What the CDN is to keep needs a policy that lets it, such as
	// blobdownload.Public: a download without one is private.
	Overrides bool

	MaxHeader int              // as for XAccel
	Now       func() time.Time // nil: time.Now

	once sync.Once
	err  error
}

// Validate returns what is wrong with the configuration, in words that name the field.
func (c *CDN) Validate() error {
	p := c.presign()
	errs := []error{mounts(c.Mounts).validate("CDN.Mounts", absoluteURL)}
	if c.Signer == nil {
		errs = append(errs, fault("CDN.Signer", "is nil: URLs without a signature would be public"))
	}
	if err := p.Validate(); err != nil {
		errs = append(errs, errors.New(strings.ReplaceAll(err.Error(), "Presign.", "CDN.")))
	}
	return errors.Join(errs...)
}

func (c *CDN) mounts() mounts { return c.Mounts }

func (c *CDN) presign() *Presign {
	return &Presign{Expiry: c.Expiry, Window: c.Window, Status: c.Status, Now: c.Now}
}

// Optimize answers a redirect of the client to the CDN.
func (c *CDN) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	c.once.Do(func() { c.err = c.Validate() })
	if c.err != nil {
		return nil, c.err
	}
	if r.Method != http.MethodGet || !fits(r, d) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	m, segments, ok := mounts(c.Mounts).find(d.File.Location())
	if !ok {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	target := m.Location + escaped(segments)
	p := c.presign()
	if c.Overrides {
		contentType, disposition := d.Offer(d.File.KnownInfo().ContentType)
		target += "?" + url.Values{
			"response-content-disposition": {disposition}, "response-content-type": {contentType},
			"response-cache-control": {keptFor(d.CacheControl(), p.expiry())},
		}.Encode()
	}
	expires := p.now().Truncate(p.window()).Add(p.window() + p.expiry()).Truncate(time.Second)
	signed, err := c.Signer.SignURL(target, expires)
	if err != nil {
		return nil, fmt.Errorf("cdn: %w", err)
	}
	if !strings.HasPrefix(signed, m.Location) {
		return nil, errors.New("cdn: the signer returned a URL outside of the mount")
	}
	status := c.Status
	if status == 0 {
		status = http.StatusFound
	}
	to := &blobdownload.Redirect{
		Status: status, MaxHeader: c.MaxHeader, Header: http.Header{"Location": {signed}, "Cache-Control": noStore},
	}
	if d.File.KnownInfo().Size > 0 {
		to.Validators = blobdownload.AppValidators // costs nothing: all is known
	}
	return to, nil
}

// absoluteURL accepts the beginning of an https URL with a plain path.
func absoluteURL(at string) error {
	u, err := url.Parse(at)
	switch {
	case err != nil || u.Scheme != "https" || !validHost(u.Host) || u.User != nil:
		return errors.New("is not an https URL such as https://cdn.example.com/files/")
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(at, "?#"):
		return errors.New("has a query or a fragment")
	case at != "https://"+u.Host+"/" && locationPath(strings.TrimPrefix(at, "https://"+u.Host)) != nil:
		return errors.New("has no slash at its end, or a path that is not plain")
	}
	return nil
}
