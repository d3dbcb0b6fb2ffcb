package wrapper

import (
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/go-downloadview/downloadview/internal/localfile"
	"github.com/go-downloadview/downloadview/internal/plan"
)

// UnknownSize is the Size of content whose length is unknown until it has been read.
const UnknownSize = -1

// Info is the metadata of a file's content, from its storage or from the application. Zero fields are unset, except Size.
type Info struct {
	Size    int64     // in bytes; UnknownSize if unknown, 0 for empty content
	ModTime time.Time // when the content last changed; zero if unknown
	ETag    string    // an entity-tag of RFC 9110 section 8.8.3, quotes included: `"x"` or `W/"x"`

	// The values of the fields of these names; "" if the storage has none. They are input: a Server validates them.
	ContentType        string
	ContentEncoding    string
	ContentLanguage    string
	ContentDisposition string
	CacheControl       string

	// Version identifies this version of the content in its storage: an S3 version id, a GCS generation. Later reads are
	// pinned to it.
	Version string

	// Digests are the hashes of the whole content that the storage has. None is computed.
	Digests []Digest

	// Sequential content can only be read from its beginning. Range is ignored for it.
	Sequential bool

	// ClockAhead is how far the storage's clock is ahead of this machine's, where ModTime would be in the future without
	// it. Last-Modified and Date are by the storage's clock then.
	ClockAhead time.Duration

	file     fs.FileInfo // of a local file without a validator; nil for other content
	weakDate bool        // ModTime is that of other content, too: no validator for If-Range
	altered  bool        // on its way from the storage, see alteredInfo
	unstored bool        // of the source of a materialized object, which may get another length and coding
}

// Digest is a hash of the whole content, as stored.
type Digest struct {
	// Algorithm has the name that is registered for RFC 9530: "sha-256", "md5", "crc32c" … The hash of the hashes of the
	// parts of an upload ends in "-composite".
	Algorithm string
	Sum       []byte // the hash itself, neither in base64 nor in hexadecimal
	Parts     int    // of a composite; else 0
}

// Status returns the HTTP status of the response to a request for content with this metadata: 200, 206, 304, 412 or 416
// (RFC 9110 sections 13 and 14). It sends no request.
func (i *Info) Status(req Request) int {
	if req == (Request{}) {
		return http.StatusOK
	}
	d := i.decide(&req)
	return d.Status
}

// decide evaluates the preconditions and the range of a request for content with this metadata, now.
func (i *Info) decide(req *Request) plan.Decision {
	if i.weakDate && req.datesRange() {
		req = req.whole()
	}
	return plan.Decide((*plan.Request)(req), &plan.Facts{
		Size: i.Size, ETag: i.ETag, ModTime: i.ModTime, Sequential: i.Sequential, Now: time.Now().Add(i.ClockAhead),
	})
}

// overlay replaces every field of i that is set in known.
func (i *Info) overlay(known *Info) {
	if known.Size > 0 {
		i.Size = known.Size
	}
	if !known.ModTime.IsZero() {
		i.ModTime = known.ModTime
	}
	for _, f := range [...]struct{ to, from *string }{
		{&i.ETag, &known.ETag},
		{&i.ContentType, &known.ContentType},
		{&i.ContentEncoding, &known.ContentEncoding},
		{&i.ContentLanguage, &known.ContentLanguage},
		{&i.ContentDisposition, &known.ContentDisposition},
		{&i.CacheControl, &known.CacheControl},
		{&i.Version, &known.Version},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if known.Digests != nil {
		i.Digests = known.Digests
	}
	i.Sequential = i.Sequential || known.Sequential
	i.weakDate = i.weakDate || known.weakDate
	if known.file != nil {
		i.file = known.file
	}
}

// update replaces metadata of a remote by that of a later response for the same version, as far as that has it. The content
// coding is always the response's: a proxy may encode one response and not another.
func (i *Info) update(sent *Info) {
	i.ContentEncoding = ""
	i.overlay(sent)
}

// contradicts reports whether i and o cannot be metadata of the same version.
func (i *Info) contradicts(o *Info) bool {
	switch {
	case i.Size >= 0 && o.Size >= 0 && i.Size != o.Size:
	case i.Version != "" && o.Version != "":
		return i.Version != o.Version
	case i.ETag != "" && o.ETag != "" && i.ETag != o.ETag:
	case localfile.Replaced(i.file, o.file):
	case !i.ModTime.IsZero() && !o.ModTime.IsZero() && !sameTime(i.ModTime, o.ModTime):
	default:
		return false
	}
	return true
}

// decides reports whether i has the validators that the preconditions of a request are compared with. Content with an
// entity-tag and without a date has no date: preconditions on dates are then ignored.
func (i *Info) decides(req *Request) bool {
	if i.ETag != "" {
		return true
	}
	tags := req.IfMatch != "" && !matchesAny(req.IfMatch) || req.IfNoneMatch != ""
	others := req.IfModifiedSince != "" || req.IfUnmodifiedSince != "" || req.IfRange != ""
	return !tags && (!others || !i.ModTime.IsZero())
}

// withoutVersion returns the metadata without what describes one version.
func (i *Info) withoutVersion() *Info {
	c := *i
	c.ETag, c.ModTime, c.Version, c.Digests = "", time.Time{}, "", nil
	return &c
}

// samePin reports whether i names the version or the strong entity-tag of o.
func (i *Info) samePin(o *Info) bool {
	return i.Version != "" && i.Version == o.Version || i.ETag != "" && plan.StrongMatch(i.ETag, o.ETag)
}

// sameTime compares two times at the coarser precision of the two. One storage call may return fewer digits than another,
// and where both are precise, two versions written within one second differ.
func sameTime(a, b time.Time) bool {
	for _, unit := range [...]time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if inUnits(a, unit) || inUnits(b, unit) {
			return a.Truncate(unit).Equal(b.Truncate(unit))
		}
	}
	return a.Equal(b)
}

func inUnits(t time.Time, unit time.Duration) bool { return t.Nanosecond()%int(unit) == 0 }

// completeInfo adds the metadata from WithInfo to the storage's. The storage's length, validators and checksums are
// used, and the application's description of the content. Validators are added only to those of the same version, if
// the source is remote: it can have another version that it does not name. Content that is not stored yet has none.
func (f *File) completeInfo(info *Info) {
	known := *f.known
	if info.Size >= 0 || info.altered || info.contradicts(f.known) {
		known.Size = UnknownSize // of another version, or of other bytes
	}
	_, remote := f.src.(pinnedOpener)
	if info.altered || info.unstored || info.contradicts(f.known) || remote && !info.samePin(f.known) {
		if known.ETag != "" || known.Version != "" || info.altered || info.contradicts(f.known) {
			known.Digests = nil // of another version
		}
		known.ModTime, known.ETag, known.Version = time.Time{}, "", ""
	}
	if info.altered {
		known.ContentEncoding = ""
	}
	if !info.ModTime.IsZero() {
		known.ModTime = time.Time{}
	}
	if info.ETag != "" {
		known.ETag = ""
	}
	if info.Version != "" {
		known.Version = ""
	}
	known.Digests = addDigests(info.Digests, known.Digests)
	info.overlay(&known)
}

// addDigests returns the storage's digests, and those of the application by other algorithms.
func addDigests(stored, known []Digest) []Digest {
	all := slices.Clip(stored)
	for _, d := range known {
		if !slices.ContainsFunc(stored, func(s Digest) bool { return s.Algorithm == d.Algorithm }) {
			all = append(all, d)
		}
	}
	return all
}
