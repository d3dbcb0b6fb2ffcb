package upstream

import (
	"fmt"
	"net/http"
	"strconv"
)

// Service is how one bucket's store responds.
type Service struct {
	Bucket string // as errors name it: S3 bucket "docs"
	Clock  Clock

	Protocol *Protocol
}

// Protocol is what one provider's responses have of their own.
type Protocol struct {
	Hints     map[string]string // how to mend the cause of an error, by the store's code
	CodeField string            // the header field with the code, for responses without a body; may be ""

	// Genuine reports whether a response without an error code can be of such a store.
	Genuine func(method string, resp *http.Response) bool

	// Foreign is the error, after "the endpoint's response is", of a response that is not genuine.
	Foreign error

	// Error turns an error into the caller's.
	Error func(*APIError) error
}

// Send makes a request and judges the response: 200, 206, 304, 412, 416 and the statuses that may pass are returned.
// Other redirects and errors up to 404, and 409, are an error made by Protocol.Error; their bodies are closed. It
// makes the request a second time if canRetry, which may be nil, reports that the cause is removed.
func (s *Service) Send(
	method string, try func() (*http.Response, error), canRetry func(*APIError) bool,
) (*http.Response, error) {
	for retried := false; ; retried = true {
		offset := s.Clock.Offset()
		resp, err := try()
		if err != nil {
			return nil, err
		}
		refused, err := s.judge(method, resp, offset)
		switch {
		case err != nil:
			return nil, err
		case refused == nil:
			return resp, nil
		case retried || canRetry == nil || !canRetry(refused):
			return nil, s.Protocol.Error(refused)
		}
	}
}

// judge returns the error that a response is, if it is one. The request was signed at the clock's given Offset.
func (s *Service) judge(method string, resp *http.Response, offset int64) (*APIError, error) {
	switch status := resp.StatusCode; {
	case status == http.StatusOK, status == http.StatusPartialContent:
		if !s.Protocol.Genuine(method, resp) {
			_ = resp.Body.Close()
			return nil, s.foreign(status)
		}
		s.Clock.observe(resp)
	case status == http.StatusRequestedRangeNotSatisfiable:
		addSize(resp)
	case status >= 300 && status <= 404 && status != http.StatusNotModified, status == http.StatusConflict:
		e := s.apiError(resp)
		if e.Code == "" && !s.Protocol.Genuine(method, resp) {
			return nil, s.foreign(status)
		}
		if status == http.StatusForbidden || status == http.StatusBadRequest {
			e.Skewed = s.Clock.corrected(resp, offset)
		}
		return e, nil
	}
	return nil, nil //nolint:nilnil // no error
}

func (s *Service) foreign(status int) error {
	return fmt.Errorf("endpoint answered %d, but %w", status, s.Protocol.Foreign)
}

func (s *Service) apiError(resp *http.Response) *APIError {
	body := readError(resp)
	e := &APIError{StatusCode: resp.StatusCode, Code: body.Code, Region: body.Region, Bucket: s.Bucket, Hint: s.Bucket, Header: resp.Header}
	if e.Code == "" {
		e.Code = word(resp.Header.Get(s.Protocol.CodeField))
	}
	if hint := s.Protocol.Hints[e.Code]; hint != "" {
		e.Hint += ": " + hint
	}
	return e
}

// addSize gives a 416 the Content-Range that S3 leaves out (RFC 9110 section 15.5.17). The length is in its body.
func addSize(resp *http.Response) {
	if resp.Header.Get("Content-Range") != "" {
		return
	}
	if n, err := strconv.ParseUint(readError(resp).ActualObjectSize, 10, 63); err == nil {
		resp.Header.Set("Content-Range", "bytes */"+strconv.FormatUint(n, 10))
	}
	resp.Body = http.NoBody
}
