package s3

import (
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// request is one request for an object, with room for what net/http allocates piece by piece.
type request struct {
	method  string
	key     string // the store's
	version string
	fields  http.Header
	creds   aws.Credentials // empty for anonymous access

	url   url.URL
	lines [maxFields]string
}

// maxFields is how many fields are sent: ours, and those of passedOn that go together, but for rare ones.
const maxFields = 8

// passedOn are the fields of a request that reach the store.
var passedOn = [...]string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"}

// field returns the value to send of one of passedOn. A date that is none is to be ignored (RFC 9110
// section 13.1.3), which not every store does, nor reads every store the two obsolete forms.
func (r *request) field(name string) string {
	v := r.fields[name]
	if len(v) == 0 {
		return ""
	}
	if name != "If-Modified-Since" && name != "If-Unmodified-Since" {
		return v[0]
	}
	t, err := http.ParseTime(v[0])
	if err != nil {
		return ""
	}
	return t.UTC().Format(http.TimeFormat)
}

// wantsChecksum reports whether to ask for the checksum of the whole object, which does not fit a part.
func (s *store) wantsChecksum(r *request) bool { return s.checksums && r.field("Range") == "" }
