package blobdownload

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Redirect is a response without a body that offloads a download: a field such as X-Accel-Redirect makes a
// reverse proxy send the bytes, a Location makes the client fetch them elsewhere.
type Redirect struct {
	Status int         // 200 for a reverse proxy; 302, 303 or 307 for the client; 0 means 200
	Header http.Header // replaces the download's own fields; Vary is merged

	// StreamedHeader holds the fields for a reverse proxy, such as a rate limit, of a download that is streamed
	// instead of offloaded.
	StreamedHeader http.Header

	// Validators chooses who makes ETag and Last-Modified and evaluates preconditions. 0 means
	// ProxyValidators.
	Validators Validators

	// Info is the file's metadata, if the optimizer has looked it up: it spares a second lookup. nil means unknown.
	Info *wrapper.Info

	// DropsCoding states that the proxy drops Content-Encoding, as Apache's mod_xsendfile does. Content that is
	// stored with a content coding is then streamed.
	DropsCoding bool

	// RateField names the field with which the proxy limits the rate of a response, in bytes per second, such as
	// X-Accel-Limit-Rate. "" means that the proxy has no such field: downloads with a [RateLimit] are streamed.
	RateField string

	// MaxHeader is the maximum size of the response's fields, in bytes. A download with a larger header is
	// streamed. 0 means DefaultMaxHeader.
	MaxHeader int
}

// Validators chooses the side of a reverse proxy that makes ETag and Last-Modified and evaluates
// preconditions. One side does all of it: entity-tags of both sides are never compared.
type Validators uint8

const (
	// ProxyValidators leaves validators and preconditions to the proxy. The server sends no validator and makes
	// no request to the storage. It looks up only a local file ([wrapper.File.Local]) without a known entity-tag:
	// if that is missing, it returns 404, and the file's stored media type, coding and language are sent. If versions
	// of it share their modification time, the file is streamed. For any other file the metadata of WithInfo is used,
	// and the proxy returns the 404.
	ProxyValidators Validators = iota + 1

	// AppValidators keeps validators and preconditions in the server. Without a known size and entity-tag, metadata is
	// looked up once, without a body. The server answers 304, 404, 412 and 416, and the proxy gets the server's ETag
	// and Last-Modified. A file without an entity-tag is streamed. A request that some proxy interprets otherwise than
	// RFC 9110 is streamed: one with If-Match, If-Unmodified-Since, an unusual Range, or a Want field for a known digest.
	AppValidators
)

// DefaultMaxHeader is a header size, in bytes, that fits into the 4 KiB with which nginx reads a response's
// header. nginx answers a larger header with 502.
const DefaultMaxHeader = 3584

func (to *Redirect) validate() error {
	switch to.Status {
	case 0, http.StatusOK, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		return nil
	default:
		return fmt.Errorf("redirect: Status %d: must be 200, 302, 303 or 307", to.Status)
	}
}

func (to *Redirect) status() int {
	if to.Status == 0 {
		return http.StatusOK
	}
	return to.Status
}

// withCanonicalHeader returns a redirect whose Header has canonical names: to itself, if it has.
func (to *Redirect) withCanonicalHeader() *Redirect {
	if fields.IsCanonical(to.Header) {
		return to
	}
	c := *to
	c.Header = fields.Canonical(to.Header)
	return &c
}

// redirect sends a redirect with its header, in place of the fields that have been set before. An error means that
// nothing has been written.
func (t *transfer) redirect(to *Redirect, h http.Header) error {
	if t.link != nil {
		if err := t.spendLink(); err != nil {
			return err
		}
	}
	clear(t.w.Header())
	maps.Copy(t.w.Header(), h)
	t.w.WriteHeader(to.status())
	t.finish(Result{Status: to.status(), Bytes: -1, Redirect: to})
	return nil
}

// header returns the header of the redirect, made from the one that was set before. A proxy's response needs the
// download's own fields; a redirect of the client does not.
func (to *Redirect) header(t *transfer, info *wrapper.Info) http.Header {
	before := t.w.Header()
	h := make(http.Header, len(before))
	if len(before) > 0 {
		maps.Copy(h, before)
		fields.DropControl(h)
	}
	if to.status() == http.StatusOK {
		to.writeOffer(h, t, info)
	} else {
		t.d.copyHeader(h)
		for _, name := range representationFields {
			h.Del(name)
		}
		h["Cache-Control"] = noStoreLine
		setSecurityHeader(h, cspAttachment)
		h["Content-Length"] = zeroLine
	}
	for name, values := range to.Header {
		if name != "Vary" {
			h[name] = values
			continue
		}
		for _, line := range values {
			addVary(h, line)
		}
	}
	if t.d.limitsCaching(h) {
		if to.Header["Cache-Control"] != nil {
			t.d.limitCaching(h)
		}
		fields.DropCaching(h)
	}
	return h
}

// writeOffer sets the fields of the response that a proxy completes. Content-Length, Content-Range and
// Accept-Ranges are the proxy's: it would send ours beside its own.
func (to *Redirect) writeOffer(h http.Header, t *transfer, info *wrapper.Info) {
	h.Del("ETag")
	h.Del("Last-Modified")
	h.Del("Content-Length")
	h.Del("Content-Range")
	d := t.d
	if info.ContentDisposition != "" {
		d = d.WithStoredName(info)
	}
	d.writeOffer(h, info.ContentType, &t.lines)
	h.Del("Accept-Ranges")
	if info.ContentEncoding != "" || info.ContentLanguage != "" {
		setStoredFields(h, info)
	}
	if to.Validators == AppValidators {
		setValidators(h, info, t.start, &t.lines)
	}
}

var errLongHeader = errors.New("redirect: header is too long for the proxy's buffer")

// logLongHeader logs the cause at the level of an error once, and then at debug: a client chooses the length of the key.
func (s *Server) logLongHeader(r *http.Request, err error) {
	level := slog.LevelError
	if s.longHeader.Swap(true) {
		level = slog.LevelDebug
	}
	s.logAt(r, level, err, "not offloaded; streaming")
}

// headerSize returns the size of the fields of h in HTTP/1.1, in bytes.
func headerSize(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(": \r\n") + len(v)
		}
	}
	return n
}
