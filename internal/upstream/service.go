package upstream

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

// Service is how one bucket's store responds.
type Service struct {
	Bucket string // as errors name it: S3 bucket "docs"
	Clock  Clock

	Protocol *Protocol

	log         limiter
	unclear     atomic.Bool // a permission check was logged
	readsFrozen atomic.Bool // the store serves objects of the storage classes that archives have
}

// Protocol describes the responses of one provider.
type Protocol struct {
	Refusals  []Refusal // how the provider's error codes are treated
	CodeField string    // the header field with the code, for responses without a body; may be ""

	// Genuine reports whether a response without an error code can be of such a store.
	Genuine func(method string, resp *http.Response) bool

	// Foreign is the error, after "the endpoint's response is", of a response that is not genuine.
	Foreign error

	// Archived returns the code with which a store refuses to read an object whose metadata it sent, or "". It may be nil.
	Archived func(h http.Header) (code string)

	// Error turns an error into the caller's.
	Error func(*APIError) error
}

// Call is one request of a client to a store.
type Call struct {
	Method string
	Key    string // in the store

	Attempt

	// OwnClock is set where the SDK signs by this machine's clock, so that no correction would help. It is logged.
	OwnClock bool
}

// Attempt is a provider's part of a call.
type Attempt interface {
	// Try sends the request with a method, which is the call's or, to learn the code of an error on HEAD, GET.
	Try(method string) (*http.Response, error)

	// Remedy reports whether the cause of a refusal is removed, so that the request is sent again. It is called for
	// two refusals at most.
	Remedy(e *APIError) bool
}

// Try is an Attempt without a remedy.
type Try func(method string) (*http.Response, error)

// Try calls the function.
func (t Try) Try(method string) (*http.Response, error) { return t(method) }

// Remedy reports false.
func (Try) Remedy(*APIError) bool { return false }

// maxRemedies is how many refusals of one call are retried at once, besides one for the clock.
const maxRemedies = 2

// Send makes a request and judges the response: 200, 206, 304, 412 and 416 are returned, and 405 and 501 on HEAD.
// All others are an error made by Protocol.Error; their bodies are closed. A request is sent again at once if it was
// refused for the clock, or for a cause that Remedy removed.
func (s *Service) Send(c *Call) (*http.Response, error) {
	remedies, timely := 0, guess{clock: &s.Clock}
	for {
		offset := s.Clock.Offset()
		resp, err := c.Try(c.Method)
		if err != nil {
			return nil, err
		}
		e, err := s.judge(c, resp)
		switch {
		case err != nil:
			return nil, err
		case e == nil:
			timely.end(nil)
			return resp, nil
		case !e.Refusal.maySkew():
		case c.OwnClock:
			s.Clock.warnOf(e.Header)
		case timely.from(e.Header, offset):
			continue
		}
		timely.end(e)
		if remedies >= maxRemedies || !c.Remedy(e) {
			return nil, s.refused(e)
		}
		remedies++
	}
}

// judge returns the error that a response is, if it is one.
func (s *Service) judge(c *Call, resp *http.Response) (*APIError, error) {
	status := resp.StatusCode
	switch status {
	case http.StatusOK, http.StatusPartialContent:
		if !s.Protocol.Genuine(c.Method, resp) {
			_ = resp.Body.Close()
			return nil, s.foreign(status)
		}
		s.Clock.observe(resp)
		return s.unreadable(c, resp), nil
	case http.StatusNotModified:
		return nil, nil //nolint:nilnil // no error
	case http.StatusPreconditionFailed:
		// Azure has a 412 for leases too, which are no precondition of the request.
		if r := find(s.Protocol.Refusals, word(resp.Header.Get(s.Protocol.CodeField))); r == nil || r.Kind == Evaluated {
			return nil, nil //nolint:nilnil // no error
		}
	case http.StatusRequestedRangeNotSatisfiable:
		addSize(resp)
		if isMarker(c.Key, resp) {
			return s.folder(resp), nil
		}
		return nil, nil //nolint:nilnil // no error
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if c.Method == http.MethodHead && resp.Header.Get(deleteMarker) == "" {
			return nil, nil //nolint:nilnil // the caller tries GET
		}
	}
	e := s.apiError(c, resp)
	if e.Code == "" && status <= http.StatusNotFound && !s.Protocol.Genuine(c.Method, resp) {
		return nil, s.foreign(status)
	}
	if status == http.StatusNotFound && e.Refusal.Kind == Missing {
		s.Clock.observe(resp)
	}
	return e, nil
}

func (s *Service) foreign(status int) error {
	return fmt.Errorf("endpoint answered %d, but %w", status, s.Protocol.Foreign)
}

func (s *Service) apiError(c *Call, resp *http.Response) *APIError {
	body := readError(resp)
	code := body.Code
	if code == "" {
		code = word(resp.Header.Get(s.Protocol.CodeField))
	}
	if code == "" && c.Method == http.MethodHead && resp.StatusCode == http.StatusBadRequest {
		code = codeOf(c)
	}
	e := s.newError(resp, code, body)
	if resp.Header.Get(deleteMarker) != "" {
		e.Refusal, e.Hint = &Refusal{Kind: Missing}, s.Bucket+": the version marks a deletion"
	}
	return e
}

// codeOf learns the code of a 400 on HEAD, which has no body. It is the same with GET.
func codeOf(c *Call) string {
	resp, err := c.Try(http.MethodGet)
	if err != nil {
		return ""
	}
	if resp.StatusCode != http.StatusBadRequest {
		_ = resp.Body.Close()
		return ""
	}
	return readError(resp).Code
}

func (s *Service) newError(resp *http.Response, code string, body errorBody) *APIError {
	e := &APIError{
		StatusCode: resp.StatusCode, Code: code, Region: body.Region, Endpoint: body.Endpoint, Bucket: s.Bucket, Hint: s.Bucket,
		Header: resp.Header, Refusal: refusalOf(s.Protocol.Refusals, resp.StatusCode, code),
	}
	if e.Refusal.Advice != "" {
		e.Hint += ": " + e.Refusal.Advice
	}
	return e
}

// refused returns the error of a refusal, as the caller gets it.
func (s *Service) refused(e *APIError) error {
	return &refused{
		err: s.Protocol.Error(e), kind: e.Refusal.Kind, code: strconv.Itoa(e.StatusCode) + e.Code,
		after: RetryAfter(e.Header.Get("Retry-After")), log: &s.log,
	}
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

// deleteMarker is the field of S3 on a 404 and a 405 for a version that marks a deletion.
const deleteMarker = "X-Amz-Delete-Marker"

// unreadable returns the error of a success whose object exists only by name, or cannot be read now; nil for any other.
// The body of an error is closed.
func (s *Service) unreadable(c *Call, resp *http.Response) *APIError {
	if isMarker(c.Key, resp) {
		return s.folder(resp)
	}
	if s.Protocol.Archived == nil {
		return nil
	}
	code := s.Protocol.Archived(resp.Header)
	switch {
	case code == "":
		return nil
	case c.Method != http.MethodHead:
		s.readsFrozen.Store(true) // its classes have no archive behind them
		return nil
	case s.readsFrozen.Load():
		return nil
	}
	_ = resp.Body.Close()
	return s.newError(resp, code, errorBody{})
}

// folder returns the error of an object that stands for a folder.
func (s *Service) folder(resp *http.Response) *APIError {
	_ = resp.Body.Close()
	return &APIError{
		StatusCode: http.StatusNotFound, Bucket: s.Bucket, Hint: s.Bucket + ": the object stands for a folder",
		Header: resp.Header, Refusal: &Refusal{Kind: Missing},
	}
}

// isMarker reports whether a response is of an object that stands for a folder: tools create them so that folders
// without objects exist.
func isMarker(key string, resp *http.Response) bool {
	h := resp.Header
	if strings.EqualFold(h.Get("X-Ms-Meta-Hdi_isfolder"), "true") || h.Get("X-Ms-Resource-Type") == "directory" {
		return true
	}
	empty := resp.StatusCode == http.StatusOK && resp.ContentLength == 0 ||
		resp.StatusCode != http.StatusOK && strings.HasSuffix(h.Get("Content-Range"), "/0")
	return empty && (strings.HasSuffix(key, "/") || mediatype.IsFolder(h.Get("Content-Type")))
}
