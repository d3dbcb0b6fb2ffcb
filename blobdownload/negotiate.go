package blobdownload

import (
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// negotiate returns the response of content that has a content coding, or whose stored field has other words.
func (t *transfer) negotiate(resp *wrapper.Response) (*wrapper.Response, error) {
	codings := t.storedCodings(&resp.Info)
	accepted := acceptanceOf(t.r.Header)
	if !t.undoes(codings, &accepted) {
		return resp, nil
	}
	t.decode = codings
	return t.decideDecoded(wrapper.RequestOf(t.r), resp)
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

// sendsStored reports whether content can be offloaded with its stored content coding. The client of a redirect gets the
// stored field, which must be one that can be sent.
func (t *transfer) sendsStored(to *Redirect, info *wrapper.Info) bool {
	if t.d.Header["Content-Encoding"] != nil {
		return !to.DropsCoding
	}
	asStored := fields.OnlyCodings(info.ContentEncoding, t.server.hasDecoder)
	codings := t.storedCodings(info)
	accepted := acceptanceOf(t.r.Header)
	return !t.undoes(codings, &accepted) && (asStored || to.status() == http.StatusOK) && (len(codings) == 0 || !to.DropsCoding)
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
	status := resp.Info.Status(req)
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

// storedTag returns the storage's entity-tag for that of decoded content, so that the storage can answer 304. It returns
// any other tag as it is.
func (t *transfer) storedTag(tag string) string {
	accepted := acceptanceOf(t.r.Header)
	if !t.undoes(codingsOfTag(tag), &accepted) {
		return tag
	}
	opaque, _, _ := strings.Cut(strings.TrimPrefix(tag, "W/"), decodedMark)
	return opaque + `"`
}
