package proxy

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// XAccelPresigned makes nginx fetch the object from the storage, by a presigned URL that the client never
// sees, and keep a copy of it where the location has a cache. The URL goes as the query of the location, as
// it was signed: docs/servers/nginx.conf has the location, and the list of stores that it may be
// sent to. A HEAD is answered here, and what cannot be signed is streamed.
//
// ETag and Last-Modified are the storage's on both sides. Conditions are decided here, for which a file
// whose facts are not known is looked up once; requests without any cost no trip.
type XAccelPresigned struct {
	At string // the location, "/_url"
	Presign
	Hints

	// WholeOnly leaves ranges to nginx, which has a cache and fetches whole objects.
	WholeOnly bool
}

// Validate returns what is wrong with the configuration, in words that name the field.
func (x *XAccelPresigned) Validate() error {
	var errs []error
	if err := locationPath(strings.TrimSuffix(x.At, "/") + "/"); err != nil {
		errs = append(errs, fault("XAccelPresigned.At", "%q %w", x.At, err))
	}
	if x.Status != 0 || x.MaxAge != 0 {
		errs = append(errs, fault("XAccelPresigned.Status", "and MaxAge must be 0: the client is not redirected"))
	}
	return errors.Join(append(errs, x.Presign.Validate(), x.Hints.validate("XAccelPresigned"))...)
}

// Optimize answers a redirect to the location, with the signed URL as its query.
func (x *XAccelPresigned) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	x.once.Do(func() { x.err = x.Validate() })
	if x.err != nil {
		return nil, x.err
	}
	if r.Method != http.MethodGet {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	req := wrapper.RequestOf(r)
	if req.Range != "" && !x.reads(req.Range) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	conditional := hasConditions(r.Header)
	s, err := x.sign(r.Context(), d, conditional || x.Validators == blobdownload.Application)
	if s == nil || err != nil {
		return nil, err
	}
	h := make(http.Header, 4)
	h["X-Accel-Redirect"] = []string{x.At + "?" + s.location[0]}
	x.Hints.set(h)
	if req.Range != "" && !x.WholeOnly && rangeHolds(&req, s) {
		h["X-Blob-Range"] = []string{req.Range}
	}
	to := &blobdownload.Redirect{Header: h, Info: s.info, MaxHeader: x.maxHeader(), Validators: blobdownload.Edge}
	if s.info != nil {
		to.Validators = blobdownload.Application
	}
	return to, nil
}

// reads reports whether whoever cuts ranges, the storage or nginx, reads a Range as it should be.
func (x *XAccelPresigned) reads(field string) bool {
	return onePlainRange(field) || x.WholeOnly && plan.Plain(field)
}

// maxHeader is what fits into the proxy_buffer_size of 16k that the configuration sets.
func (x *XAccelPresigned) maxHeader() int {
	if x.MaxHeader > 0 {
		return x.MaxHeader
	}
	return 12 << 10
}

func hasConditions(h http.Header) bool {
	for _, name := range [...]string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"} {
		if h[name] != nil {
			return true
		}
	}
	return false
}

// rangeHolds reports whether the storage is to be asked for the range: it does not know If-Range.
func rangeHolds(req *wrapper.Request, s *signature) bool {
	if req.IfRange == "" {
		return true
	}
	return s.info != nil && s.info.Status(wrapper.Request{Range: req.Range, IfRange: req.IfRange}) != http.StatusOK
}
