package blobdownload

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fetch requests the variant that the client prefers, or the content itself.
func (t *transfer) fetch() (*wrapper.Response, error) {
	accepted := acceptanceOf(t.r.Header)
	if len(t.d.Variants) > 0 {
		t.negotiated = true
		preferred, identityToo := accepted.candidates(t.d.Variants)
		resp, err := t.fetchVariant(preferred)
		if resp != nil || err != nil {
			return resp, err
		}
		if !identityToo {
			addVary(t.w.Header(), "Accept-Encoding")
			return nil, errNotAcceptable
		}
	}
	req := wrapper.RequestOf(t.r)
	stored := t.withStoredTag(req, &accepted)
	resp, err := t.d.File.Fetch(t.ctx, stored)
	if err != nil || t.d.Header["Content-Encoding"] != nil {
		return resp, err
	}
	if stored.IfNoneMatch != req.IfNoneMatch && resp.Info.ContentEncoding == "" {
		resp.Info.ContentEncoding = strings.Join(codingsOfTag(req.IfNoneMatch), ", ")
	}
	codings := codingsOf(resp.Info.ContentEncoding)
	if len(codings) == 0 {
		resp.Info.ContentEncoding = ""
		return resp, nil
	}
	t.negotiated = true
	if accepted.acceptsAll(codings) {
		return resp, nil
	}
	if !t.server.decodes(codings) || accepted.weight(identity) == 0 {
		addVary(t.w.Header(), "Accept-Encoding")
		_ = resp.Close()
		return nil, errNotAcceptable
	}
	t.decode = codings
	return t.decideDecoded(req, resp)
}

// acceptsStored reports whether the client accepts the stored content coding. It clears a coding that is identity.
func (t *transfer) acceptsStored(info *wrapper.Info) bool {
	if t.d.Header["Content-Encoding"] != nil {
		return true
	}
	codings := codingsOf(info.ContentEncoding)
	if len(codings) == 0 {
		info.ContentEncoding = ""
		return true
	}
	t.negotiated = true
	accepted := acceptanceOf(t.r.Header)
	return accepted.acceptsAll(codings)
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
		return resp, t.decodeRefetched(resp, mark)
	}
	if status != http.StatusOK {
		_ = resp.Close()
		resp.Body = nil
	}
	resp.Status, resp.Ranges = status, nil
	return resp, nil
}

// decodeRefetched sets the codings of a second response, whose content may have been replaced meanwhile.
func (t *transfer) decodeRefetched(resp *wrapper.Response, mark func()) error {
	t.decode = codingsOf(resp.Info.ContentEncoding)
	if !t.server.decodes(t.decode) {
		_ = resp.Close()
		return errNotAcceptable
	}
	if len(t.decode) > 0 {
		mark()
	}
	return nil
}

// decodedBody returns a body without the codings that the client does not accept.
func (t *transfer) decodedBody(body io.ReadCloser) (io.ReadCloser, error) {
	if len(t.decode) == 0 {
		return body, nil
	}
	return t.server.decode(body, t.decode)
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
	if len(codings) == 0 || accepted.acceptsAll(codings) {
		return req
	}
	tag, _, _ := strings.Cut(strings.TrimPrefix(req.IfNoneMatch, "W/"), decodedMark)
	req.IfNoneMatch = tag + `"`
	return req
}
