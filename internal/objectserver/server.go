// Package objectserver is an in-process HTTP server of objects for the providers' tests: GET and HEAD with
// single ranges and preconditions, which S3, Google Cloud Storage and Azure have in common. The difference
// between the three (signatures, header fields) is a function that the test sets.
package objectserver

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Object is stored content and the header fields that come with it.
type Object struct {
	Content  []byte
	ETag     string
	Modified time.Time
	Header   http.Header
}

// Silence is no response: the request ends when its client leaves.
var Silence = Refusal{}

// Refusal is a response with an error in XML.
type Refusal struct {
	Status int
	Code   string
	Header http.Header // of the response; may be nil
}

// Server serves objects. Its fields other than Server are set before the first request.
type Server struct {
	*httptest.Server

	// Key returns the key that a request is for.
	Key func(r *http.Request) string

	// Verify returns why a request is refused at a time of the server's clock, or nil.
	Verify func(r *http.Request, now time.Time) *Refusal

	// Decorate adds the provider's fields to a response, of an object or, if that is nil, to an error.
	Decorate func(h http.Header, r *http.Request, o *Object, status int, code string)

	// Metadata responds to requests of an API other than the objects' own, and reports whether a request was one. It may be nil.
	Metadata func(w http.ResponseWriter, r *http.Request, find func(key string) *Object) bool

	// SuffixRanges is set where the protocol has bytes=-5.
	SuffixRanges bool

	// NotFound is the code of a missing object.
	NotFound string

	mu      sync.Mutex
	skew    time.Duration
	objects map[string]*Object
	log     []Exchange
	next    []Refusal
}

// Exchange is a request and the status of its response.
type Exchange struct {
	Request *http.Request
	Status  int
}

// Start starts a server that Close ends.
func (s *Server) Start() *Server {
	s.objects = map[string]*Object{}
	s.Server = httptest.NewServer(s)
	return s
}

// Put stores an object.
func (s *Server) Put(key string, o *Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[key] = o
}

// Skew sets by how much the server's clock is ahead.
func (s *Server) Skew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// Refuse sets the responses of the next requests, in order.
func (s *Server) Refuse(next ...Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, next...)
}

// pop returns the response that Refuse set for a request, or nil.
func (s *Server) pop() *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.next) == 0 {
		return nil
	}
	first := s.next[0]
	s.next = s.next[1:]
	return &first
}

// Take returns the exchanges since the last call.
func (s *Server) Take() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.log
	s.log = nil
	return taken
}

// Statuses returns the statuses of exchanges.
func Statuses(of []Exchange) (all []int) {
	for _, e := range of {
		all = append(all, e.Status)
	}
	return all
}

// Direct reports whether every exchange is by net/http's own client, and not by an SDK.
func Direct(of []Exchange) bool {
	return !slices.ContainsFunc(of, func(e Exchange) bool {
		return !strings.HasPrefix(e.Request.UserAgent(), "Go-http-client") || e.Request.Header.Get("X-Goog-Api-Client") != ""
	})
}

// find returns the object of a key, or nil.
func (s *Server) find(key string) *Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.objects[key]
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refused := s.pop(); refused != nil {
		s.record(r, refused.Status)
		if refused.Status == 0 {
			<-r.Context().Done()
			return
		}
		s.refuse(w, r, nil, refused)
		return
	}
	s.mu.Lock()
	o, now := s.objects[s.Key(r)], time.Now().Add(s.skew)
	s.mu.Unlock()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if s.Metadata != nil && s.Metadata(w, r, s.find) {
		return
	}
	refused := s.Verify(r, now)
	if refused == nil && o == nil {
		refused = &Refusal{Status: http.StatusNotFound, Code: s.NotFound}
	}
	if refused == nil {
		refused = precondition(r.Header, o)
	}
	if refused == nil {
		s.send(w, r, o)
		return
	}
	s.record(r, refused.Status)
	s.refuse(w, r, o, refused)
}

func (s *Server) record(r *http.Request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Exchange{r, status})
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, o *Object, e *Refusal) {
	maps.Copy(w.Header(), e.Header)
	s.Decorate(w.Header(), r, nil, e.Status, e.Code)
	if e.Status == http.StatusNotModified {
		w.Header().Set("ETag", o.ETag)
		w.WriteHeader(e.Status)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
		}{Code: e.Code})
	}
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, o *Object) {
	h := w.Header()
	size := int64(len(o.Content))
	body := window{0, size}
	status := http.StatusOK
	if part, ok := parseWindow(r.Header.Get("Range"), size, s.SuffixRanges); ok && r.Method == http.MethodGet {
		if part.first >= part.end {
			h.Set("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
			s.record(r, http.StatusRequestedRangeNotSatisfiable)
			s.refuse(w, r, o, &Refusal{Status: http.StatusRequestedRangeNotSatisfiable, Code: "InvalidRange"})
			return
		}
		h.Set("Content-Range", part.of(size))
		body, status = part, http.StatusPartialContent
	}
	maps.Copy(h, o.Header)
	h.Set("ETag", o.ETag)
	h.Set("Last-Modified", o.Modified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(body.end-body.first, 10))
	s.Decorate(h, r, o, status, "")
	s.record(r, status)
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(o.Content[body.first:body.end])
	}
}
