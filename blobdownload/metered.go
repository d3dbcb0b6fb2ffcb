package blobdownload

import (
	"context"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/allowance"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Sizes of the parts that are accounted at once. The size doubles if a part takes less than quickPart. The last part is one
// small block: until it is due, the download is not complete.
const (
	firstPart = 256 << 10
	largePart = 16 << 20
	lastPart  = smallBuffer
	quickPart = time.Second
)

// metered reports whether the bytes of a request with the link are accounted, so that no other may send them.
func (l *Link) metered() bool { return l.Downloads > 0 && l.use != nil }

// wholeOrRange returns the part of the content that a response with one body sends.
func wholeOrRange(resp *wrapper.Response) wrapper.Range {
	if len(resp.Ranges) == 1 {
		return resp.Ranges[0]
	}
	return wrapper.Range{N: resp.Info.Size}
}

// metered returns a body whose bytes are accounted before they are read, if the request's link is for several downloads.
func (t *transfer) metered(body io.ReadCloser, info *wrapper.Info, w wrapper.Range) io.ReadCloser {
	l := t.link
	if l == nil || !l.metered() || body == nil {
		return body
	}
	m := &meteredBody{ReadCloser: body, t: t, link: l, size: info.Size, pos: w.Off, end: w.Off + w.N, step: firstPart}
	if info.Size < 0 {
		m.size, m.pos, m.end, m.whole = 1, 0, 1, true
	}
	m.claimed = m.pos
	m.part = allowance.Part{Client: l.use.signer.downloader(t.r, l), Size: m.size}
	return m
}

// meteredBody is a body of a link for several downloads.
type meteredBody struct {
	io.ReadCloser
	t    *transfer
	link *Link
	part allowance.Part

	size, pos, end, claimed int64
	step                    int64
	since                   time.Time // of the last claim
	whole                   bool      // of unknown length: accounted as one byte
}

func (m *meteredBody) Read(p []byte) (int, error) {
	if m.pos == m.claimed && m.pos < m.end {
		if err := m.claim(); err != nil {
			return 0, err
		}
	}
	if !m.whole && m.pos < m.claimed {
		p = p[:min(int64(len(p)), m.claimed-m.pos)]
	}
	n, err := m.ReadCloser.Read(p)
	if !m.whole {
		m.pos += int64(n)
	}
	return n, err
}

// claim accounts the next part.
func (m *meteredBody) claim() error {
	now := time.Now()
	if !m.since.IsZero() && now.Sub(m.since) < quickPart {
		m.step = min(2*m.step, largePart)
	}
	m.since = now
	n := m.end - m.pos
	if n > lastPart {
		n = min(m.step, n-lastPart)
	}
	m.part.From, m.part.To = m.pos, m.pos+n
	err := m.link.use.signer.claimPart(m.t.ctx, m.link, &m.part)
	if err != nil {
		return refusedLink(err)
	}
	m.claimed = m.part.To
	return nil
}

// returnTimeout limits the account's answer after the end of a request.
const returnTimeout = 5 * time.Second

// Close takes back what was accounted and not read. If that fails, the part counts as sent.
func (m *meteredBody) Close() error {
	if !m.whole && m.pos < m.claimed {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(m.t.ctx), returnTimeout)
		defer cancel()
		m.part.From, m.part.To = m.pos, m.claimed
		m.claimed = m.pos
		if err := m.link.use.signer.returnPart(ctx, m.link, &m.part); err != nil {
			m.t.server.log(m.t.r, err, "unsent part of an allowance stays counted")
		}
	}
	return m.ReadCloser.Close()
}
