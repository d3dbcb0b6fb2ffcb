package s3

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// request is one request for an object.
type request struct {
	method  string
	key     string // the store's
	version string
	fields  http.Header
	creds   aws.Credentials // empty for anonymous access

	sent   upstream.Request // by the pipe
	signed time.Duration    // by the store's clock as it was thought to be: its offset
}

// field returns the value to send of a field.
func (r *request) field(name string) string { return upstream.Field(r.fields, name) }

// wantsChecksum reports whether to ask for the checksum of the whole object, which does not fit a part.
func (s *store) wantsChecksum(r *request) bool { return s.checksums && r.field("Range") == "" }
