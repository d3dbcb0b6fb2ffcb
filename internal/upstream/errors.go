package upstream

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// APIError is a response by which a store refuses a request, and which no retry changes. Of the store's text it
// has only what cannot repeat what was signed.
type APIError struct {
	StatusCode int
	Code       string // the store's, "" if the response has none
	Region     string // of the bucket, where S3 names it
	Bucket     string // as errors name it
	Hint       string // Bucket, and how to mend the cause if the code is a common one
	Skewed     bool   // the clock was wrong when the request was signed, and is corrected by now
	Header     http.Header
}

// errorBody is the XML of an error, which S3, Google Cloud Storage and Azure have in common.
type errorBody struct {
	XMLName          xml.Name `xml:"Error"`
	Code             string
	Region           string
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
	e.Code, e.Region = word(e.Code), word(e.Region)
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

// WithoutURL drops the URL that net/http puts into its errors, which may carry a signature.
func WithoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}
