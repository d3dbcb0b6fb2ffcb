package proxy

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// XAccelPresigned makes nginx fetch the object from the storage, by a signed URL that the client does not see. A
// location with a cache keeps a copy. The URL is the query of the location: docs/servers/nginx.conf has the location,
// and the list of storages that it may fetch from. The application responds to a HEAD, and streams what cannot be signed.
// An XAccelPresigned must not be copied or modified after its first use.
//
// ETag and Last-Modified are the storage's on both sides. The application evaluates preconditions; if it has no
// metadata of the file, it requests them once. Requests without preconditions cost no request to the storage. Metadata
// that was requested for a precondition changes neither the response's header fields nor its URL.
type XAccelPresigned struct {
	Location string // the path of the internal location, such as "/_url"

	Lifetime
	NginxHints

	// WholeOnly leaves ranges to nginx, for a location that fetches and caches whole objects.
	WholeOnly bool

	// Hosts, AllowHTTP and Public restrict and replace the hosts of URLs, as for Presign.
	Hosts     []string
	AllowHTTP bool
	Public    blobdownload.Storages

	// Validators selects when metadata is requested. 0 means blobdownload.ProxyValidators: only for preconditions. With
	// blobdownload.AppValidators it is requested for every download.
	Validators blobdownload.Validators

	// MaxHeader is the maximum length of the response header in bytes. 0 means 12 KiB, which fits into the
	// proxy_buffer_size of docs/servers/nginx.conf. A download with a longer one is streamed.
	MaxHeader int

	// Logger receives the reason why a storage is streamed. nil means slog.Default().
	Logger *slog.Logger

	valid validOnce
	urls  storageURLs
}

// Validate returns the faults of the configuration, each by the name of its field.
func (x *XAccelPresigned) Validate() error { return x.validate("") }

func (x *XAccelPresigned) validate(parent string) error {
	of := parent + "XAccelPresigned"
	errs := []error{
		x.Lifetime.validate(of), x.NginxHints.validate(of), validateHosts(of, x.Hosts), validateValidators(of, x.Validators),
		validatePublic(of, x.Public), validateMaxHeader(of, x.MaxHeader),
	}
	if err := locationPath(strings.TrimSuffix(x.Location, "/") + "/"); err != nil {
		errs = append(errs, fault(of+".Location", "%q %w", x.Location, err))
	}
	return errors.Join(errs...)
}

func (x *XAccelPresigned) signer() signer {
	return signer{&x.urls, x.Lifetime, x.Hosts, x.AllowHTTP, x.Public, x.Logger, ""}
}

// Optimize returns a redirect to the location, with the signed URL as its query.
func (x *XAccelPresigned) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if err := x.valid.check(x); err != nil {
		return nil, err
	}
	req := wrapper.RequestOf(r)
	if r.Method != http.MethodGet || setsContentEncoding(d) || !x.canOffload(r.Header, &req) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	s := x.signer()
	u, err := s.sign(r.Context(), d, x.Validators == blobdownload.AppValidators)
	if u != nil && u.info == nil && hasPreconditions(r.Header) {
		u, err = x.lookUp(r.Context(), &s, d, u, &req)
	}
	if u == nil || err != nil {
		return nil, err
	}
	h := make(http.Header, 4)
	h["X-Accel-Redirect"] = []string{x.Location + "?" + u.location[0]}
	if req.Range != "" && !x.WholeOnly && rangeApplies(&req, u) {
		h["X-Blob-Range"] = []string{req.Range}
	}
	to := &blobdownload.Redirect{
		Header: h, Info: u.info, MaxHeader: cmp.Or(x.MaxHeader, 12<<10),
		Validators: blobdownload.ProxyValidators, RateField: x.rateField(),
	}
	if x.NginxHints != (NginxHints{}) {
		x.NginxHints.set(h)
		to.StreamedHeader = x.NginxHints.streamed()
	}
	if u.info != nil {
		to.Validators = blobdownload.AppValidators
	}
	return to, nil
}

// lookUp requests metadata to evaluate a precondition. URL and header fields stay those of a request without one. Only
// a Range with If-Range gets a URL of the version that was looked up.
func (x *XAccelPresigned) lookUp(ctx context.Context, s *signer, d *blobdownload.Download, u *signedURL,
	req *wrapper.Request) (*signedURL, error) {
	info, err := metadataOf(ctx, d.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is: the server responds 404
	}
	if err != nil {
		return nil, err
	}
	known := d.File.KnownInfo()
	if req.Range != "" && req.IfRange != "" && !x.WholeOnly && info.Version != known.Version {
		if u, err = s.signAs(ctx, d.WithStoredName(&known), known.ContentType, info.Version); u == nil || err != nil {
			return nil, err
		}
	}
	info.ContentType, info.ContentDisposition = known.ContentType, known.ContentDisposition
	return u.withInfo(&info), nil
}

// canOffload reports whether the storage or nginx can apply the request's Range, once the application has evaluated the
// preconditions. The server never offloads If-Match, If-Unmodified-Since, or a field of two lines.
func (x *XAccelPresigned) canOffload(h http.Header, req *wrapper.Request) bool {
	if req.IfMatch != "" || req.IfUnmodifiedSince != "" {
		return false
	}
	for _, name := range [...]string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"} {
		if len(h[name]) > 1 {
			return false
		}
	}
	return req.Range == "" || plainSingleRange(req.Range) || x.WholeOnly && plan.Plain(req.Range)
}

// hasPreconditions reports whether a request has one of the preconditions that canOffload accepts.
func hasPreconditions(h http.Header) bool {
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since", "If-Range"} {
		if h[name] != nil {
			return true
		}
	}
	return false
}

// rangeApplies evaluates If-Range, which the storage ignores.
func rangeApplies(req *wrapper.Request, u *signedURL) bool {
	if req.IfRange == "" {
		return true
	}
	return u.info != nil && u.info.Status(wrapper.Request{Range: req.Range, IfRange: req.IfRange}) != http.StatusOK
}
