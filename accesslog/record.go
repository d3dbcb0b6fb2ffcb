package accesslog

import (
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Values of Result.Err.
var (
	// ErrIncomplete is the error of a response whose body was aborted or truncated.
	ErrIncomplete = errors.New("accesslog: the response is incomplete")

	// ErrUnknown is the error of a response whose log line does not contain whether it was complete.
	ErrUnknown = errors.New("accesslog: the log does not contain whether the response is complete")
)

// Completeness is whether the whole body of a response was sent.
type Completeness uint8

// The values of Completeness. The zero value is Unknown.
const (
	Unknown Completeness = iota
	Complete
	Incomplete
)

// String returns "unknown", "complete" or "incomplete".
func (c Completeness) String() string {
	switch c {
	case Complete:
		return "complete"
	case Incomplete:
		return "incomplete"
	default:
		return "unknown"
	}
}

func (c Completeness) err() error {
	switch c {
	case Complete:
		return nil
	case Incomplete:
		return ErrIncomplete
	default:
		return ErrUnknown
	}
}

// Record is one GET or HEAD of a log.
type Record struct {
	// Result has the fields that the log contains: Status, Bytes, Elapsed, RequestID, FirstByte of S3 and CloudFront, and
	// Err. Bytes is the number of bytes of the body, or -1 if unknown. Err is nil, ErrIncomplete or ErrUnknown, as
	// Completeness. Download and Redirect are nil.
	blobdownload.Result

	Completeness Completeness
	Length       int64 // of the complete body, or -1 if the log does not contain it

	// Time is when the request was received (S3) or completed (nginx, CloudFront), to the second.
	Time   time.Time
	Method string // GET or HEAD
	Path   string // of the request's URL, decoded, without its query
	Key    string // of the object, in logs of S3; else ""

	// Client is the address of the connection to the server that wrote the log. It is not valid if the log has none.
	Client netip.Addr

	// Range is the window of the content that the response contains. Its N is 0 if the response is not of one range, or if
	// the log does not contain the window, as that of S3.
	Range wrapper.Range

	// ServerID is the id that S3 or CloudFront gave to the request. Their logs may contain a request twice. It is "" for
	// nginx.
	ServerID string
}

// settle sets the completeness of a response, and the error of Result.
func (r *Record) settle(c Completeness) { r.Completeness, r.Err = c, c.err() }

// bodiless reports whether the response has no body by its method or status (RFC 9110 section 6.4.1).
func (r *Record) bodiless() bool {
	return r.Method == http.MethodHead || r.Status == http.StatusNotModified || r.Status == http.StatusNoContent
}

// compare settles a response by the bytes and the length of its body.
func (r *Record) compare() {
	switch {
	case r.Length < 0 || r.Bytes > r.Length:
		r.settle(Unknown)
	case r.Bytes == r.Length:
		r.settle(Complete)
	default:
		r.settle(Incomplete)
	}
}
