package proxy

import (
	"context"
	"errors"
	"io/fs"
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
// ETag and Last-Modified are the storage's on both sides. Conditions are decided here, for which a file whose facts are
// not known is looked up once; requests without any cost no trip. What was looked up for a condition says nothing else:
// with or without one, the object is offered alike, and fetched by the same URL.
type XAccelPresigned struct {
	Location string // the location, "/_url"
	Presign
	NginxHints

	// WholeOnly leaves ranges to nginx, which has a cache and fetches whole objects.
	WholeOnly bool
}

// Validate returns what is wrong with the configuration, in words that name the field.
func (x *XAccelPresigned) Validate() error {
	var errs []error
	if err := locationPath(strings.TrimSuffix(x.Location, "/") + "/"); err != nil {
		errs = append(errs, fault("XAccelPresigned.At", "%q %w", x.Location, err))
	}
	if x.Status != 0 || x.MaxAge != 0 {
		errs = append(errs, fault("XAccelPresigned.Status", "and MaxAge must be 0: the client is not redirected"))
	}
	return errors.Join(append(errs, x.Presign.Validate(), x.NginxHints.validate("XAccelPresigned"))...)
}

// Optimize answers a redirect to the location, with the signed URL as its query.
func (x *XAccelPresigned) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	x.once.Do(func() { x.err = x.Validate() })
	if x.err != nil {
		return nil, x.err
	}
	req := wrapper.RequestOf(r)
	if r.Method != http.MethodGet || codedByApplication(d) || !x.reads(r.Header, &req) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	s, err := x.sign(r.Context(), d, x.Validators == blobdownload.AppValidators)
	if s != nil && s.info == nil && hasConditions(r.Header) {
		s, err = x.lookUp(r.Context(), d, s, &req)
	}
	if s == nil || err != nil {
		return nil, err
	}
	h := make(http.Header, 4)
	h["X-Accel-Redirect"] = []string{x.Location + "?" + s.location[0]}
	x.NginxHints.set(h)
	if req.Range != "" && !x.WholeOnly && rangeHolds(&req, s) {
		h["X-Blob-Range"] = []string{req.Range}
	}
	to := &blobdownload.Redirect{
		Header: h, StreamedHeader: x.NginxHints.streamed(), Info: s.info, MaxHeader: x.maxHeader(), Validators: blobdownload.ProxyValidators,
	}
	if s.info != nil {
		to.Validators = blobdownload.AppValidators
	}
	return to, nil
}

// lookUp looks the file up to decide a condition by. The URL and the offer stay those of a request without one, but that
// a part which goes on by If-Range is one of the version that was looked up.
func (x *XAccelPresigned) lookUp(ctx context.Context, d *blobdownload.Download, s *signature, req *wrapper.Request) (*signature, error) {
	info, err := d.File.Stat(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is, and the server says that it is missing
	}
	if err != nil {
		return nil, err
	}
	facts := d.File.KnownInfo()
	if req.Range != "" && req.IfRange != "" && !x.WholeOnly && info.Version != facts.Version {
		if s, err = x.signAs(ctx, d, facts.ContentType, info.Version); s == nil || err != nil {
			return nil, err
		}
	}
	info.ContentType = facts.ContentType
	return s.with(&info), nil
}

// reads reports whether what a request asks for can be left to who cuts ranges, the storage or nginx, once its
// conditions are decided. The server hands over no condition that has to hold, and none of two lines.
func (x *XAccelPresigned) reads(h http.Header, req *wrapper.Request) bool {
	if req.IfMatch != "" || req.IfUnmodifiedSince != "" {
		return false
	}
	for _, name := range [...]string{"Range", "If-Range", "If-None-Match", "If-Modified-Since"} {
		if len(h[name]) > 1 {
			return false
		}
	}
	return req.Range == "" || onePlainRange(req.Range) || x.WholeOnly && plan.Plain(req.Range)
}

// maxHeader is what fits into the proxy_buffer_size of 16k that the configuration sets.
func (x *XAccelPresigned) maxHeader() int {
	if x.MaxHeader > 0 {
		return x.MaxHeader
	}
	return 12 << 10
}

// hasConditions reports whether a request has a condition of those that reads lets pass.
func hasConditions(h http.Header) bool {
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since", "If-Range"} {
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
