package wrapper

import (
	"context"
	"errors"
	"io/fs"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/fields"
)

// Stat requests the metadata with HEAD. A refusal of HEAD is not the server's response to GET, which is requested then.
func (r *remote) Stat(ctx context.Context) (Info, error) {
	resp, err := r.request(ctx, http.MethodHead, "", http.Header{})
	if err == nil {
		discard(resp)
		if resp.StatusCode == http.StatusOK && r.showsLength(resp) {
			return r.info(resp), nil
		}
		if resp.StatusCode == http.StatusOK {
			return r.statByGet(ctx, http.Header{})
		}
		err = statusError(resp)
	}
	if r.refusesHead(err) {
		return r.statByGet(ctx, http.Header{"Range": {"bytes=0-0"}})
	}
	return Info{}, err
}

// showsLength reports whether the response to HEAD has the length of the content, or shows that it is unknown. Apache 2.4
// sends the length of an empty file on GET only. Other servers send 0 on HEAD, the length of the body that HEAD does not have.
func (r *remote) showsLength(resp *http.Response) bool {
	_, isURL := r.sender.(*urlSource)
	return resp.ContentLength > 0 || resp.ContentLength == 0 && !isURL || len(resp.TransferEncoding) > 0
}

// refusesHead reports whether the error of a HEAD may be due to the method: a URL can be signed for GET alone. A storage
// answers 404 to both methods.
func (r *remote) refusesHead(err error) bool {
	e, ok := errors.AsType[*UpstreamError](err)
	if !ok {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return !errors.Is(sentinel(err), fs.ErrNotExist) // by the store's own code
	case http.StatusNotFound:
		_, isURL := r.sender.(*urlSource)
		return isURL
	default:
		return false
	}
}

// statByGet requests the metadata with GET. It reads no body.
func (r *remote) statByGet(ctx context.Context, h http.Header) (Info, error) {
	resp, err := r.request(ctx, http.MethodGet, "", h)
	if err != nil {
		return Info{}, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		_ = resp.Body.Close()
		return r.info(resp), nil
	case http.StatusPartialContent:
		discard(resp)
		part, err := contentRange(resp)
		switch {
		case err == nil && part.Off == 0, fields.PastTheEnd(resp.Header.Get("Content-Range")):
			return r.info(resp), nil
		case resp.ContentLength == 0: // of empty content, for which net/http sends a malformed 206
			return r.statByGet(ctx, http.Header{})
		default:
			return Info{}, errContentRange
		}
	case http.StatusRequestedRangeNotSatisfiable:
		empty := h.Get("Range") != "" && r.info(resp).Size == 0
		discard(resp)
		if empty { // the response has the media type of the error
			return r.statByGet(ctx, http.Header{})
		}
	default:
		discard(resp)
	}
	return Info{}, statusError(resp)
}
