package blobdownload

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Redirect is an answer without a body that makes somebody else send it: a front server by a field such
// as X-Accel-Redirect, or the client's next request by a Location.
type Redirect struct {
	Status int         // 200, which is also meant by 0, for a front server; 302, 303 or 307 for the client
	Header http.Header // set after, and instead of, the download's own fields; Vary adds to them

	// StreamedHeader are fields for a front server on the answer that the application sends after all, where it does not hand
	// the download over: a limit that would be dodged otherwise.
	StreamedHeader http.Header

	// Validators says who makes ETag and Last-Modified and decides conditions; 0 means ProxyValidators.
	Validators Validators

	// Info is the file's description where the optimizer has looked it up, so that nobody does again.
	Info *wrapper.Info

	// DropsCoding says that whoever sends the bytes loses Content-Encoding, as Apache's mod_xsendfile does: content
	// that is stored under a coding is streamed then.
	DropsCoding bool

	// MaxHeader is the longest field section that may be sent, in bytes; a longer one is not, and the
	// download is streamed. 0 means DefaultMaxHeader.
	MaxHeader int
}

// Validators says to which side of a front server ETag, Last-Modified and conditions belong. One side
// has them all: a tag of one is never compared with a tag of the other.
type Validators uint8

const (
	// ProxyValidators leaves them to whoever sends the bytes: no validator is sent, and no storage is asked for anything.
	// A file that lies here ([wrapper.File.Local]) is looked at, unless its facts are known: one that is
	// missing is a 404 from here, and its type, coding and language are the stored ones. Of any other file
	// they are what WithInfo says, and a missing one is the front server's 404.
	ProxyValidators Validators = iota + 1

	// AppValidators keeps them here: what the file's metadata of WithInfo do not tell is looked up once, without a
	// body. 304, 412, 416 and 404 are answered here, the front server gets this side's ETag and
	// Last-Modified, and a request that some front server reads otherwise than RFC 9110 is streamed: one
	// with If-Match or If-Unmodified-Since, one with a Range that is not of the plainest form, and one for
	// a digest that is known.
	AppValidators
)

// DefaultMaxHeader is what fits into the buffer of 4 KiB that nginx reads the head of an answer into; a
// longer head is its 502.
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

// dropHandOver removes what somebody before may have set to hand another file over: nginx obeys the first
// X-Accel-Redirect that it finds, on any status.
func dropHandOver(h http.Header) {
	for name := range h {
		if transferFields[name] && strings.HasPrefix(name, "X-") {
			delete(h, name)
		}
	}
}

// handOver sends the redirect, or the answer that makes it needless. It reports false, with nothing
// written, when the download has to be streamed after all.
func (t *transfer) handOver(to *Redirect) (sent bool, err error) {
	info, sent, err := t.decideHere(to)
	if info == nil {
		return sent, err
	}
	h := to.header(t.w.Header(), t.d, info, t.start)
	t.vary(h)
	if n := length(h); n > to.maxHeader() {
		t.server.log(t.r, fmt.Errorf("%w: %d bytes of at most %d", errLongHeader, n, to.maxHeader()), "not handed over; streaming")
		return false, nil
	}
	clear(t.w.Header())
	maps.Copy(t.w.Header(), h)
	t.w.WriteHeader(to.status())
	t.finish(Result{Status: to.status(), Bytes: -1, Redirect: to})
	return true, nil
}

var errLongHeader = errors.New("redirect: header is too long for a front server's buffer")

func (to *Redirect) maxHeader() int {
	if to.MaxHeader > 0 {
		return to.MaxHeader
	}
	return DefaultMaxHeader
}

// length is how many bytes the fields of h take on the wire.
func length(h http.Header) (n int) {
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(": \r\n") + len(v)
		}
	}
	return n
}
