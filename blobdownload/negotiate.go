package blobdownload

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fetch requests the variant that the client prefers, or the content itself.
func (t *transfer) fetch() (*wrapper.Response, error) {
	accepted := acceptanceOf(t.r.Header)
	if len(t.d.Variants) > 0 {
		t.negotiated = true
		resp, err := t.fetchVariant(accepted.preferred(t.d.Variants))
		if resp != nil || err != nil {
			return resp, err
		}
	}
	req := wrapper.RequestOf(t.r)
	stored := t.withStoredTag(req, &accepted)
	resp, err := t.d.File.Fetch(t.ctx, stored)
	if err != nil || t.d.Header["Content-Encoding"] != nil {
		return resp, err
	}
	if resp.Status == http.StatusNotModified && stored.IfNoneMatch != req.IfNoneMatch && resp.Info.ContentEncoding == "" {
		resp.Info.ContentEncoding = strings.Join(codingsOfTag(req.IfNoneMatch), ", ")
	}
	codings := t.storedCodings(&resp.Info)
	if !t.undoes(codings, &accepted) {
		return resp, nil
	}
	t.decode = codings
	return t.decideDecoded(req, resp)
}

// storedCodings returns the content codings of stored content, and writes them into info as they are sent. A field of
// other words has none.
func (t *transfer) storedCodings(info *wrapper.Info) []string {
	codings := fields.Codings(info.ContentEncoding, t.server.hasDecoder)
	info.ContentEncoding = strings.Join(codings, ", ")
	t.negotiated = t.negotiated || len(codings) > 0
	return codings
}

// undoes reports whether content is decoded before it is sent: the client does not accept its codings, or names none, and
// the server has their decoders. A client without Accept-Encoding may be one that saves what it gets under a plain name.
// Content that cannot be decoded is sent as stored to every client (RFC 9110 section 12.5.3).
func (t *transfer) undoes(codings []string, accepted *acceptance) bool {
	return len(codings) > 0 && (accepted.absent || !accepted.acceptsAll(codings)) && accepted.weight(identity) > 0 &&
		t.server.decodes(codings)
}

// sendsStored reports whether the content can be offloaded with its stored content coding. The client of a redirect gets
// the stored field, which must be one that can be sent.
func (t *transfer) sendsStored(to *Redirect, info *wrapper.Info) bool {
	if t.d.Header["Content-Encoding"] != nil {
		return true
	}
	asStored := fields.OnlyCodings(info.ContentEncoding, t.server.hasDecoder)
	codings := t.storedCodings(info)
	accepted := acceptanceOf(t.r.Header)
	return !t.undoes(codings, &accepted) && (asStored || to.status() == http.StatusOK)
}

// decideDecoded evaluates the preconditions for content that is decoded before sending. Such content has no
// ranges, an unknown length, and a weak entity-tag of its own: the storage's tag stands for other bytes (RFC
// 9110 section 8.8.3.3).
func (t *transfer) decideDecoded(req wrapper.Request, resp *wrapper.Response) (*wrapper.Response, error) {
	mark := func() {
		resp.Info.ETag = decodedTag(resp.Info.ETag, t.decode)
		resp.Info.Size, resp.Info.Sequential = wrapper.UnknownSize, true
		resp.Info.ContentEncoding, resp.Info.Digests = "", nil
	}
	mark()
	described := plan.Facts{Size: resp.Info.Size, ETag: resp.Info.ETag, ModTime: resp.Info.ModTime, Sequential: true, Now: time.Now()}
	status := plan.Decide((*plan.Request)(&req), &described).Status
	if status == http.StatusOK && resp.Status != http.StatusOK {
		_ = resp.Close()
		again, err := t.d.File.Fetch(t.ctx, wrapper.Request{Head: req.Head})
		if err != nil {
			return nil, err
		}
		resp = again
		t.decodeRefetched(resp, mark)
		return resp, nil
	}
	if status != http.StatusOK {
		_ = resp.Close()
		resp.Body = nil
	}
	resp.Status, resp.Ranges = status, nil
	return resp, nil
}

// decodeRefetched sets the codings of a second response, whose content may have been replaced meanwhile.
func (t *transfer) decodeRefetched(resp *wrapper.Response, mark func()) {
	t.decode = nil
	accepted := acceptanceOf(t.r.Header)
	if codings := t.storedCodings(&resp.Info); t.undoes(codings, &accepted) {
		t.decode = codings
		mark()
	}
}

// decodedBody returns a body without the codings that the client does not accept.
func (t *transfer) decodedBody(body io.ReadCloser) (io.ReadCloser, error) {
	if len(t.decode) == 0 {
		return body, nil
	}
	return t.server.decode(body, t.decode, t.d.File.MaxSize())
}

func (t *transfer) setVary(h http.Header) {
	if t.negotiated {
		addVary(h, "Accept-Encoding")
	}
}

// decodedMark separates the storage's entity-tag from the codings in the tag of decoded content.
const decodedMark = ";decoded="

// decodedTag returns the weak entity-tag of content that is decoded before sending.
func decodedTag(etag string, codings []string) string {
	opaque, ok := strings.CutSuffix(strings.TrimPrefix(etag, "W/"), `"`)
	if !ok {
		return ""
	}
	return "W/" + opaque + decodedMark + strings.Join(codings, "+") + `"`
}

// codingsOfTag returns the codings in the entity-tag of decoded content.
func codingsOfTag(tag string) []string {
	if !plan.ValidETag(tag) {
		return nil
	}
	_, codings, ok := strings.Cut(strings.TrimSuffix(tag, `"`), decodedMark)
	if !ok {
		return nil
	}
	return strings.Split(codings, "+")
}

// withStoredTag returns the request with the storage's entity-tag in place of the decoded content's. The storage
// can then answer 304.
func (t *transfer) withStoredTag(req wrapper.Request, accepted *acceptance) wrapper.Request {
	codings := codingsOfTag(req.IfNoneMatch)
	if !t.undoes(codings, accepted) {
		return req
	}
	tag, _, _ := strings.Cut(strings.TrimPrefix(req.IfNoneMatch, "W/"), decodedMark)
	req.IfNoneMatch = tag + `"`
	return req
}
