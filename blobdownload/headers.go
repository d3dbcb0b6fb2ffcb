package blobdownload

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/plan"
	"github.com/go-downloadview/downloadview/wrapper"
)

// representationFields describe the content of a response. No error and no 304 has them.
var representationFields = []string{
	"Accept-Ranges", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length",
	"Content-Range", "Content-Type", "ETag", "Last-Modified",
}

// transferFields are the fields of the transfer and the validators, which Download.Header cannot set. Age belongs to
// caches (RFC 9111 section 5.1).
var transferFields = fields.Set(
	"Age", "Connection", "Content-Digest", "Content-Length", "Content-Range", "Date", "Etag", "Last-Modified", "Repr-Digest",
	"Trailer", "Transfer-Encoding",
)

// Content security policies. An attachment may do nothing if it is shown after all; inline content may show itself.
// PDF viewers do not work in a sandbox. A browser's media player requests its own page's URL once more, as the page's
// origin: a sandbox that makes the origin opaque blocks that.
const (
	cspAttachment = "default-src 'none'; sandbox"
	cspInline     = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
	cspMedia      = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin"
	cspPDF        = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
)

// Constant field values, allocated once: each costs an allocation.
var (
	securityFields = [...]struct {
		name  string
		value []string
	}{
		{"X-Content-Type-Options", line("nosniff")},
		{"Cross-Origin-Resource-Policy", line("same-origin")},
		{"Referrer-Policy", line("no-referrer")},
	}
	defaultCacheLine = line(defaultCache)
	noStoreLine      = line("no-store")
	zeroLine         = line("0")
	rangesBytes      = line("bytes")
	rangesNone       = line("none")
	policies         = map[string][]string{
		cspAttachment: line(cspAttachment), cspInline: line(cspInline), cspMedia: line(cspMedia), cspPDF: line(cspPDF),
	}
)

// line returns a field's value without spare capacity: an append copies it.
func line(value string) []string { return []string{value}[:1:1] }

// setSecurityHeader sets the security fields of every response, unless middleware or Download.Header has set them.
func setSecurityHeader(h http.Header, csp string) {
	for i := range securityFields {
		f := &securityFields[i]
		if _, ok := h[f.name]; !ok {
			h[f.name] = f.value
		}
	}
	if _, ok := h["Content-Security-Policy"]; !ok {
		h["Content-Security-Policy"] = policies[csp]
	}
}

// lines are the values of the fields of which each has one line: as a part of the transfer they cost no allocation.
type lines struct {
	offer      [2]string // Content-Type, Content-Disposition
	validators [2]string // ETag, Last-Modified
	length     [1]string // Content-Length
}

// writeOffer sets the fields that describe the offer, of streamed and offloaded downloads.
func (d *Download) writeOffer(h http.Header, stored string, lines *lines) {
	o, csp := d.offer(stored), cspAttachment
	if o.inline {
		csp = o.csp()
	}
	lines.offer = [...]string{o.contentType, o.disposition}
	h["Content-Type"] = lines.offer[0:1:1]
	h["Content-Disposition"] = lines.offer[1:2:2]
	if len(d.Header) > 0 {
		d.copyHeader(h)
	}
	d.setCachePolicy(h)
	setSecurityHeader(h, csp)
}

// setCachePolicy sets the default Cache-Control and limits it, also one that middleware or the optimizer has set. A
// limited download has no field that controls caches in its place.
func (d *Download) setCachePolicy(h http.Header) {
	if _, ok := h["Cache-Control"]; !ok {
		h["Cache-Control"] = defaultCacheLine
	}
	if d.limitsCaching(h) {
		d.limitCaching(h)
		fields.DropCaching(h)
	}
}

// limitsCaching reports whether some cache must not store the response, or not for ever; see limitCaching.
func (d *Download) limitsCaching(h http.Header) bool {
	return d.private || d.noStore || !d.expires.IsZero() || len(h["Set-Cookie"]) > 0
}

// copyHeader copies Download.Header. Vary is merged; any other field replaces the one that was set before.
func (d *Download) copyHeader(h http.Header) {
	for name, values := range d.Header {
		switch name = http.CanonicalHeaderKey(name); {
		case transferFields[name], fields.Offloads(name):
		case name == "Vary":
			for _, field := range values {
				addVary(h, field)
			}
		default:
			h[name] = values
		}
	}
}

// withCanonicalHeader returns a download whose Header has canonical names: d itself, if it has.
func (d *Download) withCanonicalHeader() *Download {
	if fields.IsCanonical(d.Header) {
		return d
	}
	c := *d
	c.Header = fields.Canonical(d.Header)
	return &c
}

// setValidators sets ETag and Last-Modified. Last-Modified is never after the response's Date (RFC 9110 section
// 8.8.2.1), which is by the storage's clock for an object that this machine's clock puts in the future.
func setValidators(h http.Header, info *wrapper.Info, now time.Time, lines *lines) {
	values := &lines.validators
	if plan.ValidETag(info.ETag) {
		values[0] = info.ETag
		h["Etag"] = values[0:1:1]
	}
	if t := info.ModTime; t.Unix() > 0 { // an earlier time stands for an unknown one
		if info.ClockAhead > 0 && t.After(now) {
			now = now.Add(info.ClockAhead)
			h["Date"] = []string{fields.FormatDate(now)}
		}
		if t.After(now) {
			t = now
		}
		values[1] = fields.FormatDate(t)
		h["Last-Modified"] = values[1:2:2]
	}
}

// prepareContent spends the request's link, and sets the fields of a 200 or 206. An error is the response to the link.
func (t *transfer) prepareContent(status int, info *wrapper.Info, ranges []wrapper.Range) error {
	if t.link != nil {
		if err := t.spendLink(); err != nil {
			return err
		}
	}
	h := t.w.Header()
	if info.ContentDisposition != "" {
		t.d = t.d.WithStoredName(info)
	}
	t.reportIgnoredTag(info)
	t.d.writeOffer(h, info.ContentType, &t.lines)
	if t.d.Sandbox != "" {
		t.d.applySandbox(h)
	}
	setValidators(h, info, time.Now(), &t.lines)
	if info.ContentEncoding != "" || info.ContentLanguage != "" {
		setStoredFields(h, info)
	}
	if t.negotiated {
		addVary(h, "Accept-Encoding")
	}
	if len(info.Digests) > 0 {
		t.setDigests(h, status, info)
	}
	if info.Sequential || info.Size < 0 {
		h["Accept-Ranges"] = rangesNone
	} else {
		h["Accept-Ranges"] = rangesBytes
	}
	switch {
	case len(ranges) == 1:
		setContentRange(h, info, ranges[0])
		t.lines.setLength(h, ranges[0].N)
	case len(ranges) == 0 && info.Size >= 0:
		t.lines.setLength(h, info.Size)
	}
	return nil
}

func setContentRange(h http.Header, info *wrapper.Info, window wrapper.Range) {
	h.Set("Content-Range", plan.Window(window).ContentRange(info.Size))
}

func (l *lines) setLength(h http.Header, n int64) {
	l.length[0] = strconv.FormatInt(n, 10)
	h["Content-Length"] = l.length[:]
}

// setStoredFields sets Content-Encoding and Content-Language as they are stored, unless they have been set.
func setStoredFields(h http.Header, info *wrapper.Info) {
	if info.ContentEncoding != "" {
		fields.SetDefault(h, "Content-Encoding", info.ContentEncoding)
	}
	if languages := fields.Languages(info.ContentLanguage); languages != "" {
		fields.SetDefault(h, "Content-Language", languages)
	}
}
