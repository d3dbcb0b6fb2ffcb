package blobdownload

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// decision is how a download is answered: by a redirect, by a response without a body, or, if it is zero, by
// a stream. Nothing has been written yet.
type decision struct {
	redirect *Redirect
	header   http.Header // of the redirect
	bodiless bodiless    // unless its status is 0
}

// decide returns how the download is answered, given the optimizer's redirect. Without a redirect, or if it does not
// suit the request, that is by a stream.
func (t *transfer) decide() (decision, error) {
	if len(t.d.Variants) > 0 {
		t.d = t.d.withoutVariants()
	}
	to := t.optimize()
	if to == nil {
		return decision{}, nil
	}
	a, err := t.decideOffload(to)
	if err == nil && a.redirect == nil && a.bodiless.status == 0 {
		maps.Copy(t.w.Header(), fields.Canonical(to.StreamedHeader))
	}
	return a, err
}

// decideOffload returns the redirect, or the response that makes it needless, or a stream.
func (t *transfer) decideOffload(to *Redirect) (decision, error) {
	if t.server.Rate != nil || t.d.Rate != nil {
		if to = t.limitRedirect(to); to == nil {
			return decision{}, nil
		}
	}
	var info *wrapper.Info
	var early bodiless
	var err error
	if to.Validators == AppValidators {
		info, early, err = t.decideByApp(to)
	} else {
		info, early, err = t.decideByProxy(to)
	}
	if info == nil || err != nil {
		return decision{bodiless: early}, err
	}
	h := to.header(t, info)
	if t.negotiated {
		addVary(h, "Accept-Encoding")
	}
	most := to.MaxHeader
	if most <= 0 {
		most = DefaultMaxHeader
	}
	if n := headerSize(h); n > most {
		t.server.logLongHeader(t.r, fmt.Errorf("%w: %d bytes of at most %d", errLongHeader, n, most))
		return decision{}, nil
	}
	return decision{redirect: to, header: h}, nil
}

// decideByApp evaluates all conditions. It returns the metadata to offload with, or the response that the conditions
// require, or neither for a stream. A request without them is offloaded if every proxy interprets it alike.
func (t *transfer) decideByApp(to *Redirect) (*wrapper.Info, bodiless, error) {
	req := wrapper.RequestOf(t.r)
	proxied := to.status() == http.StatusOK
	if proxied && !portable(t.r, &req) {
		return nil, bodiless{}, nil
	}
	part := wrapper.Request{Range: req.Range, IfRange: req.IfRange, Head: req.Head}
	req.Head = true
	resp, err := t.describedFile(to).Fetch(t.ctx, req)
	if err != nil {
		return nil, bodiless{}, t.statFailed(err)
	}
	info := &resp.Info
	if t.hasCoding(info) && !t.sendsStored(to, info) {
		t.reuse(info)
		return nil, bodiless{}, nil
	}
	if resp.Status == http.StatusOK && info.Status(part) == http.StatusRequestedRangeNotSatisfiable {
		resp.Status = http.StatusRequestedRangeNotSatisfiable // a proxy's own 416 would carry the download's fields
	}
	if resp.Status != http.StatusOK || part.Head && part.Range != "" { // nginx sends a 206 to HEAD
		return nil, bodilessOf(resp), nil
	}
	if !ifRangePortable(&part, info, t.start) || proxied && (!plan.ValidETag(info.ETag) || t.needsDigest(&part, info)) {
		t.reuse(info)
		return nil, bodiless{}, nil
	}
	return info, bodiless{}, nil
}

// decideByProxy is decideByApp if the conditions are left to the proxy. Only a local file is looked up, which costs no request: if it is
// missing, the response is a 404, and its media type and content coding are the stored ones.
func (t *transfer) decideByProxy(to *Redirect) (*wrapper.Info, bodiless, error) {
	info := t.d.File.KnownInfo()
	switch {
	case to.Info != nil:
		info = *to.Info
	case t.d.File.Local():
		var err error
		if info, err = withValidators(t.d.File).Stat(t.ctx); err != nil {
			return nil, bodiless{}, t.statFailed(err)
		}
		stored := t.d.File.Location().Key != ""
		if stored && !plan.ValidETag(info.ETag) && to.status() == http.StatusOK {
			return nil, bodiless{}, nil // the proxy would derive a validator from a time that versions share
		}
	}
	if t.hasCoding(&info) && !t.sendsStored(to, &info) {
		t.reuse(&info)
		return nil, bodiless{}, nil
	}
	if t.r.Header["Range"] == nil {
		return &info, bodiless{}, nil
	}
	req := wrapper.RequestOf(t.r)
	unconditional := wrapper.Request{Head: req.Head, Range: req.Range}
	if req == unconditional && info.Status(req) == http.StatusRequestedRangeNotSatisfiable {
		return nil, bodiless{status: http.StatusRequestedRangeNotSatisfiable, info: &info}, nil
	}
	return &info, bodiless{}, nil
}

// hasCoding reports whether the content has a content coding, stored or set by the application.
func (t *transfer) hasCoding(info *wrapper.Info) bool {
	return info.ContentEncoding != "" || t.d.Header["Content-Encoding"] != nil
}

// statFailed returns err if the file is missing or not readable. After any other error it returns nil: the
// lookup alone may have failed, so the download is streamed.
func (t *transfer) statFailed(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return err
	}
	t.server.log(t.r, err, "lookup before offloading failed; streaming")
	return nil
}

// reuse makes the stream use metadata that has been looked up, and so spares a second lookup.
func (t *transfer) reuse(info *wrapper.Info) {
	d := *t.d
	d.File = d.File.WithInfo(*info)
	t.d = &d
}

// describedFile returns the file with the metadata that the optimizer has looked up. Without it, a proxied response needs
// a tag: Apache sends one of its own, which is that of every file, in place of a missing one.
func (t *transfer) describedFile(to *Redirect) *wrapper.File {
	switch {
	case to.Info != nil:
		return t.d.File.WithInfo(*to.Info)
	case to.status() == http.StatusOK:
		return withValidators(t.d.File)
	default:
		return t.d.File
	}
}

// withValidators returns the file so that its metadata is requested, unless the application gave an entity-tag.
func withValidators(f *wrapper.File) *wrapper.File {
	if known := f.KnownInfo(); known.Size <= 0 || plan.ValidETag(known.ETag) {
		return f
	}
	return f.WithInfo(wrapper.Info{Size: wrapper.UnknownSize})
}
