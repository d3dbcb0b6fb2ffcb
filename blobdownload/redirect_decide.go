package blobdownload

import (
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// decideHere decides what is the application's to decide before a download is handed over. It returns the file's
// description as far as it is known, for whom it is handed over to; or that the answer has been sent. It returns
// neither where the download has to be streamed.
func (t *transfer) decideHere(to *Redirect) (info *wrapper.Info, sent bool, err error) {
	if to.Validators == Application {
		return t.decideAll(to)
	}
	return t.decideOnSight(to)
}

// decideAll is for the application's validators: conditions are decided, and so is whether the front server will
// come to the same decision on what is left.
func (t *transfer) decideAll(to *Redirect) (*wrapper.Info, bool, error) {
	req := wrapper.RequestOf(t.r)
	front := to.status() == http.StatusOK
	if front && !readAlike(t.r, &req) {
		return nil, false, nil
	}
	part := wrapper.Request{Range: req.Range, IfRange: req.IfRange, Head: req.Head}
	req.Head = true
	resp, err := t.known(to).Fetch(t.ctx, req)
	if err != nil {
		return nil, false, err
	}
	info := &resp.Info
	if !t.takesStored(info) || to.DropsCoding && info.ContentEncoding != "" {
		return t.streamed(info)
	}
	if resp.Status == http.StatusOK && info.Status(part) == http.StatusRequestedRangeNotSatisfiable {
		resp.Status = http.StatusRequestedRangeNotSatisfiable // the front server's would carry the download's fields
	}
	if resp.Status != http.StatusOK || part.Head && part.Range != "" { // nginx has parts of a HEAD, too
		return nil, true, t.answer(resp)
	}
	if !decidedAlike(&part, info, t.start) || front && t.wantsDigest(&part, info) {
		return t.streamed(info)
	}
	return info, false, nil
}

// decideOnSight is for the validators of who sends the bytes. Content that lies here is looked at, which asks no
// storage: what is missing is a 404 of the application's, and its type and its coding are those that are stored.
func (t *transfer) decideOnSight(to *Redirect) (*wrapper.Info, bool, error) {
	info := t.d.File.Facts()
	switch {
	case to.Info != nil:
		info = *to.Info
	case t.d.File.Local():
		var err error
		if info, err = t.d.File.Stat(t.ctx); err != nil {
			return nil, false, err
		}
	}
	if !t.takesStored(&info) || to.DropsCoding && info.ContentEncoding != "" {
		return t.streamed(&info)
	}
	req := wrapper.RequestOf(t.r)
	unconditional := wrapper.Request{Head: req.Head, Range: req.Range}
	if req == unconditional && info.Status(req) == http.StatusRequestedRangeNotSatisfiable {
		return nil, true, t.answer(&wrapper.Response{Status: http.StatusRequestedRangeNotSatisfiable, Info: info})
	}
	return &info, false, nil
}

// streamed has the download streamed by the description that was looked up, so that it is not looked up again.
func (t *transfer) streamed(info *wrapper.Info) (*wrapper.Info, bool, error) {
	d := *t.d
	d.File = d.File.Known(*info)
	t.d = &d
	return nil, false, nil
}

func (t *transfer) known(to *Redirect) *wrapper.File {
	if to.Info == nil {
		return t.d.File
	}
	return t.d.File.Known(*to.Info)
}
