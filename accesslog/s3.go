package accesslog

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/requestid"
)

// s3Line matches a line up to the value before the Referer. A client chooses the Referer and the User-Agent, and S3 does not
// escape quotes in them: nothing after them is read. A valid target has no space and no quote.
var s3Line = regexp.MustCompile(`^[^ "]+ ([^ "]+) \[([^]"]+)\] ([^ "]+) [^ "]+ ([^ "]+) ([^ "]+) ([^ "]+) ` +
	`(?:-|"([A-Z]+) ([^ "]+) HTTP/[0-9.]+") ([0-9]{3}|-) [^ "]+ ([0-9]+|-) ([0-9]+|-) ([0-9]+|-) ([0-9]+|-) `)

// The groups of s3Line.
const (
	s3Bucket = iota + 1
	s3Time
	s3Client
	s3RequestID
	s3Operation
	s3Key
	s3Method
	s3Target
	s3Status
	s3Bytes
	s3Size
	s3Total
	s3TurnAround
)

type s3Parser struct{}

func (s3Parser) parse(line string, _ bool) (Record, verdict) {
	m := s3Line.FindStringSubmatch(line)
	if len(m) == 0 || hasControl(m[0], false) {
		return Record{}, foreign
	}
	var r Record
	var errTime error
	var okStatus, okBytes, okSize, okTotal, okTurn bool
	r.Time, errTime = time.Parse("02/Jan/2006:15:04:05 -0700", m[s3Time])
	r.Status, okStatus = status(m[s3Status])
	r.Bytes, okBytes = countOr(m[s3Bytes], 0)
	r.Length, okSize = countOr(m[s3Size], -1)
	r.Elapsed, okTotal = milliseconds(m[s3Total])
	r.FirstByte, okTurn = milliseconds(m[s3TurnAround])
	switch m[s3Operation] {
	case "REST.GET.OBJECT", "WEBSITE.GET.OBJECT":
		r.Method = http.MethodGet
	case "REST.HEAD.OBJECT", "WEBSITE.HEAD.OBJECT":
		r.Method = http.MethodHead
	default:
		return Record{}, other
	}
	if errTime != nil || !okStatus || !okBytes || !okSize || !okTotal || !okTurn || m[s3Method] != r.Method {
		return Record{}, foreign
	}
	var query string
	r.Path, query = splitTarget(m[s3Target])
	r.Key = s3KeyOf(m[s3Key], r.Path)
	r.RequestID = requestid.OfQuery(query)
	r.Client, r.ServerID = address(m[s3Client]), m[s3RequestID]
	r.settleS3()
	return r, download
}

// settleS3 settles a response of S3. The length of the whole object is that of a 200 only: the window of a 206 and the
// length of an error's body are not in the log.
func (r *Record) settleS3() {
	switch {
	case r.bodiless():
		r.Bytes, r.Length, r.FirstByte = 0, 0, 0
		r.settle(Complete)
	case r.Status == http.StatusOK:
		r.compare()
	default:
		whole := r.Status == http.StatusPartialContent && r.Bytes == r.Length
		if !whole {
			r.Length = -1
		}
		r.compare()
	}
}

// s3KeyOf decodes the Key of a line until it is the end of the request's path: S3 has encoded it once or twice.
func s3KeyOf(field, path string) string {
	key := field
	for range 3 {
		if strings.HasSuffix(path, "/"+key) {
			return key
		}
		key = unescape(key)
	}
	return unescape(field)
}
