package accesslog

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/requestid"
	"github.com/go-downloadview/downloadview/wrapper"
)

// cloudFrontFields are the fields without which a line is no download.
var cloudFrontFields = []string{"date", "time", "sc-bytes", "cs-method", "cs-uri-stem", "sc-status"}

// cloudFrontParser parses lines by the last "#Fields:" before them.
type cloudFrontParser struct {
	at     map[string]int // position of each field; nil before a line "#Fields:" with those that are needed
	number int            // of fields
}

func (p *cloudFrontParser) parse(line string, ended bool) (Record, verdict) {
	switch {
	case hasControl(line, true):
		return Record{}, foreign
	case strings.HasPrefix(line, "#Version:"):
		return Record{}, other
	case strings.HasPrefix(line, "#"):
		return Record{}, p.header(line)
	}
	values := strings.Split(line, "\t")
	if n := len(values); n == p.number+1 && values[n-1] == "" {
		values = values[:n-1] // CloudFront ends some lines with a tab
	}
	if p.at == nil || len(values) != p.number || !ended {
		return Record{}, foreign // without a line break, the last value may be truncated
	}
	get := func(name string) string {
		if i, ok := p.at[name]; ok {
			return values[i]
		}
		return "-"
	}
	var r Record
	r.Method = get("cs-method")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return Record{}, other
	}
	if !r.setCloudFront(get) {
		return Record{}, foreign
	}
	return r, download
}

// header takes a line "#Fields:". If it lacks a field that is needed, it is foreign, with all lines after it.
func (p *cloudFrontParser) header(line string) verdict {
	p.at, p.number = nil, 0
	names, ok := strings.CutPrefix(line, "#Fields:")
	if !ok {
		return foreign
	}
	at := map[string]int{}
	fields := strings.Fields(names)
	for i, name := range fields {
		at[name] = i
	}
	for _, name := range cloudFrontFields {
		if _, ok := at[name]; !ok {
			return foreign
		}
	}
	if len(at) == len(fields) {
		p.at, p.number = at, len(fields)
		return other
	}
	return foreign
}

// setCloudFront sets the record from the values of a line, and reports whether all of them have their form.
func (r *Record) setCloudFront(get func(name string) string) bool {
	var errTime error
	var okStatus, okSent, okLength, okElapsed, okFirst bool
	r.Time, errTime = time.Parse("2006-01-02 15:04:05", get("date")+" "+get("time"))
	r.Status, okStatus = status(get("sc-status"))
	sent, okSent := countOr(get("sc-bytes"), 0)
	r.Length, okLength = countOr(get("sc-content-len"), -1)
	r.Elapsed, okElapsed = seconds(get("time-taken"))
	r.FirstByte, okFirst = seconds(get("time-to-first-byte"))
	if errTime != nil || !okStatus || !okSent || !okLength || !okElapsed || !okFirst {
		return false
	}
	r.Path, _ = splitTarget(unescape(get("cs-uri-stem"))) // the log encodes the encoded path
	r.RequestID = requestid.OfQuery(get("cs-uri-query"))
	if r.RequestID == "" { // it may have characters that the log encodes
		r.RequestID = requestid.OfQuery(unescape(get("cs-uri-query")))
	}
	r.Client = address(get("c-ip"))
	if id := get("x-edge-request-id"); id != "-" {
		r.ServerID = id
	}
	r.Range = span(get("sc-range-start"), get("sc-range-end"))
	r.settleCloudFront(sent, interrupted(r.Status, get))
	return true
}

// settleCloudFront settles a response of which CloudFront sent some bytes, those of the header included. The header is not
// empty: a response of no more bytes than its body is incomplete. Bytes of an incomplete response is an upper bound, since
// the log does not contain the length of the header.
func (r *Record) settleCloudFront(sent int64, interrupted bool) {
	r.Bytes = r.Length
	switch {
	case r.bodiless() && !interrupted:
		r.Bytes, r.Length, r.FirstByte = 0, 0, 0
		r.settle(Complete)
	case r.bodiless():
		r.Bytes, r.Length = 0, 0
		r.settle(Incomplete)
	case r.Length < 0:
		r.settle(Unknown)
		if interrupted {
			r.settle(Incomplete)
		}
	case interrupted || sent <= r.Length:
		r.Bytes = min(sent, r.Length)
		r.settle(Incomplete)
	default:
		r.settle(Complete)
	}
}

// interrupted reports whether the result types of a line are those of an aborted response: the response was classified as
// a success when it began, and as an error when it ended.
func interrupted(status int, get func(name string) string) bool {
	succeeded := status < http.StatusBadRequest
	switch get("x-edge-detailed-result-type") {
	case "ClientCommError", "ClientHungUpRequest":
		return true
	case "AbortedOrigin", "OriginReadError", "SlowReaderOriginError":
		return succeeded // else they are the cause of a whole error page
	}
	if get("x-edge-result-type") != "Error" {
		return false
	}
	began := get("x-edge-response-result-type")
	return succeeded || began != "Error" && began != "-"
}

// span returns the window from a first to a last byte. Its N is 0 if there is none.
func span(first, last string) wrapper.Range {
	from, ok := count(first)
	to, ok2 := count(last)
	if !ok || !ok2 || to < from || to-from == math.MaxInt64 {
		return wrapper.Range{}
	}
	return wrapper.Range{Off: from, N: to - from + 1}
}
