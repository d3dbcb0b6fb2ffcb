package blobdownload

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// multipart sends several ranges as multipart/byteranges (RFC 9110 section 14.6) with a Content-Length. Only one
// part is open at a time.
func (t *transfer) multipart(resp *wrapper.Response) error {
	first, err := t.openPart(resp, 0)
	if err != nil {
		return failedRead(t.d, err)
	}
	defer first.close()
	if err := t.prepareContent(resp.Status, &resp.Info, resp.Ranges); err != nil {
		return err
	}
	h := t.w.Header()
	boundary := strings.ToLower(rand.Text())
	heads := partHeads(boundary, h.Get("Content-Type"), resp)
	closing := "\r\n--" + boundary + "--\r\n"
	length := int64(len(closing))
	for i, head := range heads {
		length += int64(len(head)) + resp.Ranges[i].N
	}
	h.Set("Content-Type", "multipart/byteranges; boundary="+boundary)
	t.lines.setLength(h, length)
	t.writeStatus(resp.Status)
	if err = t.parts(resp, first, heads); err == nil {
		err = t.writeString(closing)
	}
	if err == nil {
		err = t.deadline.flush()
	}
	t.end(resp, err)
	return nil
}

// partHeads returns the delimiter and the fields of each part.
func partHeads(boundary, contentType string, resp *wrapper.Response) []string {
	heads := make([]string, len(resp.Ranges))
	for i, r := range resp.Ranges {
		crlf := "\r\n"
		if i == 0 {
			crlf = ""
		}
		heads[i] = fmt.Sprintf("%s--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n",
			crlf, boundary, contentType, plan.Window(r).ContentRange(resp.Info.Size))
	}
	return heads
}

// parts sends the open first part, and opens and sends the others one by one.
func (t *transfer) parts(resp *wrapper.Response, p *copier, heads []string) (err error) {
	for i, head := range heads {
		if i > 0 {
			if p, err = t.openPart(resp, i); err != nil {
				return err
			}
		}
		if err := t.part(head, p); err != nil {
			return err
		}
	}
	return nil
}

// part sends one part and closes it, even if its source panics.
func (t *transfer) part(head string, p *copier) error {
	defer p.close()
	if err := t.writeString(head); err != nil {
		return err
	}
	return p.run()
}

func (t *transfer) writeString(s string) error { return t.deadline.write(t.w, []byte(s)) }

// openPart returns the copier of a part whose first block has been read.
func (t *transfer) openPart(resp *wrapper.Response, i int) (*copier, error) {
	body, err := resp.Part(i)
	if err != nil {
		return nil, err
	}
	p := new(copier)
	body = t.metered(body, &resp.Info, resp.Ranges[i])
	p.init(t, body, resp.Ranges[i].N)
	primed := false
	defer func() {
		if !primed {
			p.close()
		}
	}()
	if err := p.next(); err != nil {
		return nil, err
	}
	primed = true
	return p, nil
}
