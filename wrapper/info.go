package wrapper

import (
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// UnknownSize is the Size of content whose length is not known before it has been read.
const UnknownSize = -1

// Info describes a file's content as its storage, or the application, knows it.
// A zero field is not known, except Size.
type Info struct {
	Size    int64     // bytes; UnknownSize when it is not known, 0 for empty content
	ModTime time.Time // when the content last changed
	ETag    string    // an entity-tag of RFC 9110 section 8.8.3, quotes included: `"x"` or `W/"x"`

	ContentType        string
	ContentEncoding    string
	ContentLanguage    string
	ContentDisposition string
	CacheControl       string

	// Version names these very bytes in their storage (an S3 version id, a GCS generation), so that
	// later reads can be pinned to them.
	Version string

	// Digests are those that the storage holds of the whole content; nothing is computed for them.
	Digests []Digest

	// Sequential content can only be read from its beginning: ranges are not offered for it.
	Sequential bool
}

// Digest is a hash of the whole content as it is stored.
type Digest struct {
	Algorithm string // as registered for RFC 9530: "sha-256", "md5", "crc32c" …
	Sum       []byte
}

// overlay returns i with every field that known states.
func (i Info) overlay(known *Info) Info {
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
	return i
}

// contradicts reports whether two descriptions cannot be of the same content.
func (i *Info) contradicts(o *Info) bool {
	switch {
	case i.Size >= 0 && o.Size >= 0 && i.Size != o.Size:
	case i.Version != "" && o.Version != "":
		return i.Version != o.Version
	case i.ETag != "" && o.ETag != "" && i.ETag != o.ETag:
	case !i.ModTime.IsZero() && !o.ModTime.IsZero() && !sameTime(i.ModTime, o.ModTime):
	default:
		return false
	}
	return true
}

// sameTime compares two times by the digits that both have: one storage call may tell fewer than another, but
// two versions made within a second are told apart by storages that tell more.
func sameTime(a, b time.Time) bool {
	for _, unit := range [...]time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if inUnits(a, unit) || inUnits(b, unit) {
			return a.Truncate(unit).Equal(b.Truncate(unit))
		}
	}
	return a.Equal(b)
}

func inUnits(t time.Time, unit time.Duration) bool { return t.Nanosecond()%int(unit) == 0 }

func (i *Info) facts(now time.Time) plan.Facts {
	return plan.Facts{Size: i.Size, ETag: i.ETag, ModTime: i.ModTime, Sequential: i.Sequential, Now: now}
}

// entityTag returns a storage's tag as an entity-tag of RFC 9110, quoting it where the storage did not.
// What cannot be one is dropped.
func entityTag(s string) string {
	if s == "" || plan.ValidETag(s) {
		return s
	}
	if q := `"` + s + `"`; plan.ValidETag(q) {
		return q
	}
	return ""
}
