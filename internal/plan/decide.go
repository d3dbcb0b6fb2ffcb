package plan

import "time"

const (
	statusOK                 = 200
	statusPartial            = 206
	statusNotModified        = 304
	statusPreconditionFailed = 412
	statusUnsatisfiable      = 416
)

// A Request has the fields of a GET or HEAD that select the response. Several lines of one field are joined with ",
// " (RFC 9110 section 5.3). "" is an absent field.
type Request struct {
	Head              bool   // the method is HEAD, for which Range has no meaning (section 14.2)
	Range             string // section 14.2
	IfRange           string // section 13.1.5
	IfMatch           string // section 13.1.1
	IfNoneMatch       string // section 13.1.2
	IfModifiedSince   string // section 13.1.3
	IfUnmodifiedSince string // section 13.1.4
}

// Facts are the known metadata of the requested file.
type Facts struct {
	Size       int64     // in bytes; negative means unknown, and Range is ignored
	ETag       string    // in the form of the ETag field, `"x"` or `W/"x"`; "" means none
	ModTime    time.Time // compared in whole seconds; zero means unknown, and preconditions on dates are ignored
	Sequential bool      // the file can only be read from its start, and Range is ignored
	Now        time.Time // Date of the response; zero means time.Now()
}

// lastModified returns the Unix times of the response's Last-Modified and Date. A ModTime in the future is replaced
// with Now, as the response requires (RFC 9110 section 8.8.2.1).
func (f *Facts) lastModified() (mod, now int64) {
	t := f.Now
	if t.IsZero() {
		t = time.Now()
	}
	now = t.Unix()
	return min(f.ModTime.Unix(), now), now
}

// A Decision is the status of a response and the windows to send.
type Decision struct {
	Status int // 200, 206, 304, 412 or 416

	one  Window
	many []Window
}

// Len returns the number of windows to send. It is 0 unless Status is 206. One window is the content of the
// response; several are the parts of a multipart/byteranges (RFC 9110 section 15.3.7).
func (d *Decision) Len() int {
	switch {
	case d.Status != statusPartial:
		return 0
	case d.many != nil:
		return len(d.many)
	}
	return 1
}

// At returns the window with index i, in the order of the response. It panics unless 0 <= i < d.Len().
func (d *Decision) At(i int) Window {
	if i < 0 || i >= d.Len() {
		panic("plan: window out of range")
	}
	if d.many != nil {
		return d.many[i]
	}
	return d.one
}

// Decide returns the status and windows of the response to req, for a file with the metadata f.
func Decide(req *Request, f *Facts) Decision {
	if status := precondition(req, f); status != 0 {
		return Decision{Status: status}
	}
	if req.Head || req.Range == "" || f.Size < 0 || f.Sequential || !ifRange(req.IfRange, f) {
		return Decision{Status: statusOK}
	}
	return partial(req.Range, f.Size)
}
