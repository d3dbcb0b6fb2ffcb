package accesslog

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/internal/requestid"
	"github.com/go-downloadview/downloadview/wrapper"
)

// nginxLine is a line of the log_format "downloads". All values are strings, as nginx may write "" or 000. Absent members
// stay nil: the line is of another format.
type nginxLine struct {
	Time       *string `json:"time"`       // $time_iso8601
	ID         *string `json:"id"`         // $request_id
	Client     *string `json:"client"`     // $remote_addr
	Method     *string `json:"method"`     // $request_method
	URI        *string `json:"uri"`        // $request_uri
	Status     *string `json:"status"`     // $status
	Bytes      *string `json:"bytes"`      // $body_bytes_sent
	Completion *string `json:"completion"` // $request_completion
	Length     *string `json:"length"`     // $sent_http_content_length
	Range      *string `json:"range"`      // $sent_http_content_range
	Coding     *string `json:"coding"`     // $sent_http_transfer_encoding
	Elapsed    *string `json:"elapsed"`    // $request_time
}

func (l *nginxLine) whole() bool {
	for _, member := range [...]*string{
		l.Time, l.ID, l.Client, l.Method, l.URI, l.Status, l.Bytes, l.Completion, l.Length, l.Range, l.Coding, l.Elapsed,
	} {
		if member == nil {
			return false
		}
	}
	return true
}

type nginxParser struct{}

func (nginxParser) parse(line string, _ bool) (Record, verdict) {
	var l nginxLine
	if json.Unmarshal([]byte(line), &l) != nil || !l.whole() {
		return Record{}, foreign
	}
	r := Record{Method: *l.Method, Client: address(*l.Client)}
	r.RequestID = requestid.Clean(*l.ID)
	r.Path, _ = splitTarget(*l.URI)
	var errTime error
	var okStatus, okBytes, okLength, okElapsed bool
	r.Time, errTime = time.Parse(time.RFC3339, *l.Time)
	r.Status, okStatus = status(*l.Status)
	r.Bytes, okBytes = count(*l.Bytes)
	r.Length, okLength = countOr(*l.Length, -1)
	r.Elapsed, okElapsed = seconds(*l.Elapsed)
	if errTime != nil || !okStatus || !okBytes || !okLength || !okElapsed {
		return Record{}, foreign
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return Record{}, other
	}
	if off, n, _, ok := fields.ContentRange(*l.Range); ok {
		r.Range = wrapper.Range{Off: off, N: n}
	}
	r.settleNginx(*l.Completion == "OK", strings.Contains(*l.Coding, "chunked"))
	return r, download
}

// settleNginx settles a response of nginx. $request_completion is "OK" even for a body that the application has truncated:
// only a Content-Length shows that. $body_bytes_sent of a chunked body contains the lines of the chunks.
func (r *Record) settleNginx(completed, chunked bool) {
	if chunked && !r.bodiless() {
		r.Bytes, r.Length = -1, -1
	}
	switch {
	case !completed:
		r.settle(Incomplete)
	case r.bodiless():
		r.Length = 0
		r.settle(Complete)
	default:
		r.compare()
	}
}
