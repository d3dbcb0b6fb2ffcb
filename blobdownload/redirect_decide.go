package blobdownload

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// decideHere decides what is the application's to decide before a download is handed over. It returns the file's
// description as far as it is known, for whom it is handed over to; or that the answer has been sent. It returns
// neither where the download has to be streamed.
func (t *transfer) decideHere(to *Redirect) (info *wrapper.Info, sent bool, err error) {
	if to.Validators == AppValidators {
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
		return t.unseen(err)
	}
	info := &resp.Info
	if !t.takesStored(info) || to.DropsCoding && t.coded(info) {
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
	info := t.d.File.KnownInfo()
	switch {
	case to.Info != nil:
		info = *to.Info
	case t.d.File.Local():
		var err error
		if info, err = t.d.File.Stat(t.ctx); err != nil {
			return t.unseen(err)
		}
	}
	if !t.takesStored(&info) || to.DropsCoding && t.coded(&info) {
		return t.streamed(&info)
	}
	req := wrapper.RequestOf(t.r)
	unconditional := wrapper.Request{Head: req.Head, Range: req.Range}
	if req == unconditional && info.Status(req) == http.StatusRequestedRangeNotSatisfiable {
		return nil, true, t.answer(&wrapper.Response{Status: http.StatusRequestedRangeNotSatisfiable, Info: info})
	}
	return &info, false, nil
}

// coded reports whether the content has a coding, by what is stored or by what the application says.
func (t *transfer) coded(info *wrapper.Info) bool {
	return info.ContentEncoding != "" || t.d.Header["Content-Encoding"] != nil
}

// unseen is for a file that could not be looked at: one that is missing, or that nobody may read, is answered for here;
// any other failure may be one of looking alone, and the download is streamed.
func (t *transfer) unseen(err error) (*wrapper.Info, bool, error) {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, false, err
	}
	t.server.log(t.r, err, "cannot look at the file to hand it over; streaming")
	return nil, false, nil
}

// streamed has the download streamed by the description that was looked up: it is not looked up again, unless it is
// that of an empty file.
func (t *transfer) streamed(info *wrapper.Info) (*wrapper.Info, bool, error) {
	d := *t.d
	d.File = d.File.WithInfo(*info)
	t.d = &d
	return nil, false, nil
}

func (t *transfer) known(to *Redirect) *wrapper.File {
	if to.Info == nil {
		return t.d.File
	}
	return t.d.File.WithInfo(*to.Info)
}
