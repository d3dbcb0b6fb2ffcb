package upstream

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// APIError is a response by which a store refuses a request, and how it is treated. It has no text
// of the store that could contain a signature.
type APIError struct {
	StatusCode int
	Code       string // the store's, "" if the response has none
	Region     string // of the bucket, where S3 names it
	Endpoint   string // of the bucket, where S3 names it
	Bucket     string // as errors name it
	Hint       string // Bucket, and how to mend the cause if the code is a common one
	Header     http.Header
	Refusal    *Refusal
}

// errorBody is the XML of an error, which S3, Google Cloud Storage and Azure have in common.
type errorBody struct {
	XMLName          xml.Name `xml:"Error"`
	Code             string
	Region           string
	Endpoint         string
	ActualObjectSize string
}

// readError reads and closes the body of a response. A body that is not an error in XML has no Code.
func readError(resp *http.Response) errorBody {
	body := resume.NewUnwanted(resp.Body)
	defer body.Close()
	var e errorBody
	if err := xml.NewDecoder(body).Decode(&e); err != nil {
		e = errorBody{}
	}
	e.Code, e.Region, e.Endpoint = word(e.Code), word(e.Region), host(e.Endpoint)
	return e
}

// word returns s if it has the form of a code or a region, else "".
func word(s string) string {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return ""
	}
	return s
}

// host returns s if it has the form of a host with or without a port, else "".
func host(s string) string {
	name, port, _ := strings.Cut(s, ":")
	if len(s) > 253 || name == "" || strings.Trim(port, "0123456789") != "" || strings.Trim(name, ".-") != name ||
		strings.ContainsFunc(name, func(r rune) bool {
			return r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}) {
		return ""
	}
	return s
}

// RetryAfter parses a Retry-After field: seconds or a date (RFC 9110 section 10.2.3). It returns 0 for anything else.
func RetryAfter(field string) time.Duration {
	if n, err := strconv.ParseUint(field, 10, 31); err == nil || errors.Is(err, strconv.ErrRange) { // the most of 31 bits then
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(field); err == nil {
		return max(time.Until(t), 0)
	}
	return 0
}

// WithoutURL drops the URL that net/http puts into its errors, which may carry a signature.
func WithoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}
