package proxy

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Presign redirects the client to the storage, by a URL that is signed for one object, one filename and one media type.
// A Presign must not be copied or modified after its first use.
//
// The application responds to a HEAD, since a URL is signed for GET. It streams a Range with If-Range, which storages
// ignore, and a download that sets Content-Encoding, which no URL can set. If a storage cannot sign, its downloads
// are streamed, and the reason is logged once.
//
// URLs are cached for their window by the file's Location, its version and the header fields that are signed. A file
// with a signer of its own ([wrapper.File.WithSigner]) must therefore have a Location of its own.
type Presign struct {
	Lifetime

	// Status is the status of the redirect: 302, 303 or 307. 0 means 302.
	Status int

	// MaxAge is the time for which a browser may cache the redirect; 0 means no-store. It must be less than Expiry.
	MaxAge time.Duration

	// Hosts are the hosts that a URL may have, with the port if there is one. nil allows any host.
	Hosts []string

	// AllowHTTP allows http URLs, for a storage on the same machine or network. Otherwise only https is allowed.
	AllowHTTP bool

	// Public holds, under the names of the application's storages, storages with an endpoint that clients can reach. Set
	// it if the application uses another endpoint, such as the internal name of a MinIO. Public storages only sign URLs.
	Public blobdownload.Storages

	// Validators selects whose validators are used; 0 means blobdownload.ProxyValidators. They are the storage's, and
	// metadata is read of local files only: the signed media type and version are those that the application has set.
	// With blobdownload.AppValidators the application requests metadata, signs the stored media type and version, and
	// evaluates preconditions. A file whose WithInfo has a size and an entity-tag needs no request: its validators are
	// always the application's.
	Validators blobdownload.Validators

	// MaxHeader is the maximum length of the response header in bytes. 0 means blobdownload.DefaultMaxHeader. A
	// download with a longer one is streamed.
	MaxHeader int

	// RequestIDs adds the id of the request ([blobdownload.RequestID]) to each URL of S3, whose access log then contains it.
	// Each request gets a URL of its own: URLs are not shared in a window, so that no cache has a second hit, and each is
	// signed anew. It must not be set together with MaxAge.
	RequestIDs bool

	// Logger receives the reason why a storage is streamed. nil means slog.Default().
	Logger *slog.Logger

	valid validOnce
	urls  storageURLs
}

// Validate returns the faults of the configuration, each by the name of its field.
func (p *Presign) Validate() error { return p.validate("") }

func (p *Presign) validate(parent string) error {
	of := parent + "Presign"
	errs := []error{
		p.Lifetime.validate(of), validateStatus(of, p.Status), validateHosts(of, p.Hosts), validateValidators(of, p.Validators),
		validatePublic(of, p.Public), validateMaxHeader(of, p.MaxHeader),
	}
	if p.MaxAge < 0 || p.MaxAge >= p.expiry() {
		errs = append(errs, fault(of+".MaxAge", "%v: must be less than Expiry, %v", p.MaxAge, p.expiry()))
	}
	if p.RequestIDs && p.MaxAge > 0 {
		errs = append(errs, fault(of+".RequestIDs", "a cached redirect repeats the id; want MaxAge 0"))
	}
	return errors.Join(errs...)
}

// signer returns the signer of a request.
func (p *Presign) signer(r *http.Request) signer {
	s := signer{&p.urls, p.Lifetime, p.Hosts, p.AllowHTTP, p.Public, p.Logger, ""}
	if p.RequestIDs {
		s.requestID = blobdownload.RequestID(r)
	}
	return s
}

// Optimize returns a redirect of the client to the storage.
func (p *Presign) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if err := p.valid.check(p); err != nil {
		return nil, err
	}
	if !redirectable(r, d) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	s := p.signer(r)
	u, err := s.sign(r.Context(), d, p.Validators == blobdownload.AppValidators)
	if u == nil || err != nil {
		return nil, err
	}
	to := redirectTo(u, d, p.Status)
	to.Info, to.MaxHeader = u.info, p.MaxHeader
	if to.Validators == 0 {
		to.Validators = p.Validators
	}
	if age := p.maxAge(u.expires); age > 0 {
		to.Header["Cache-Control"] = []string{"private, max-age=" + strconv.Itoa(int(age/time.Second))}
		to.Header["Vary"] = []string{"Range", "If-Range"} // else browsers use it for requests that are not redirectable
	}
	return to, nil
}

// maxAge is the time for which a browser may cache the redirect; 0 or less means no-store.
func (p *Presign) maxAge(expires time.Time) time.Duration {
	return min(p.MaxAge, expires.Sub(p.now())-margin).Truncate(time.Second)
}
