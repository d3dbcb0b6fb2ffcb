package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// modeStream is the value of ?mode= that streams a file instead of offloading it.
const modeStream = "stream"

// modeOption is a way of sending that a user may choose.
type modeOption struct {
	Name, Title string // Name is the value of ?mode=
}

// delivery is how a file was sent.
type delivery struct {
	Mode      string  `json:"mode"`
	Status    int     `json:"status"`
	Requests  int64   `json:"requests"`            // to the storage, over a network
	Bytes     int64   `json:"bytes"`               // of the body, through this process
	FirstByte float64 `json:"firstByte,omitempty"` // milliseconds until the first byte of a body
	Elapsed   float64 `json:"elapsed"`             // milliseconds
	Resumes   int64   `json:"resumes"`
	Verified  string  `json:"verified,omitempty"`
}

// sentLog holds how the last files were sent, by the id that the client chose. The id is a secret of the client.
type sentLog struct {
	mu    sync.Mutex
	files map[string]delivery
	ids   []string // in the order of their arrival
}

// maxSent is the number of files that a sentLog holds.
const maxSent = 1024

var sentID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// switchModes lets a request choose streaming with ?mode=stream, and records how a file with ?sent=ID was sent.
func (s *site) switchModes() {
	s.configured = s.server.Optimizer
	if s.configured != nil {
		s.server.Optimizer = blobdownload.OptimizerFunc(func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
			if modeOf(r) == modeStream {
				return nil, nil //nolint:nilnil // nil streams the download
			}
			return s.configured.Optimize(r, d)
		})
	}
	before := s.server.Observe
	s.server.Observe = func(r *http.Request, result blobdownload.Result) {
		if id := r.URL.Query().Get("sent"); sentID.MatchString(id) {
			s.sentLog.add(id, newDelivery(result))
		}
		if before != nil {
			before(r, result)
		}
	}
}

// modes returns the ways of sending between which a user may choose. nil: there is only one.
func (s *site) modes() []modeOption {
	if s.configured == nil {
		return nil
	}
	return []modeOption{{"", "As configured"}, {modeStream, "Streamed by the gateway"}}
}

func modeOf(r *http.Request) string {
	if r.URL.Query().Get("mode") == modeStream {
		return modeStream
	}
	return ""
}

// withMode adds the parameter of a way of sending to an address without parameters.
func withMode(address, mode string) string {
	if mode == "" {
		return address
	}
	return address + "?mode=" + url.QueryEscape(mode)
}

// leavesHost reports whether the optimizer redirects the client of a request to another address.
func (s *site) leavesHost(r *http.Request, d *blobdownload.Download) bool {
	if s.configured == nil {
		return false
	}
	redirect, err := s.configured.Optimize(r, d)
	return err == nil && redirect != nil && redirect.Header.Get("Location") != ""
}

func newDelivery(result blobdownload.Result) delivery {
	f := delivery{
		Mode: "streamed by the gateway", Status: result.Status, Requests: result.Requests, Bytes: max(result.Bytes, 0),
		FirstByte: float64(result.FirstByte.Microseconds()) / 1000, Elapsed: float64(result.Elapsed.Microseconds()) / 1000,
		Resumes: result.Resumes, Verified: result.Verified,
	}
	switch how := way(&result, result.Status); how {
	case "streamed": // as above
	case "error":
		f.Mode = "refused"
	case "redirect":
		f.Mode = "redirected to the storage"
	default:
		f.Mode = "sent by the proxy (" + how + ")"
	}
	return f
}

func (l *sentLog) add(id string, f delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.files == nil {
		l.files = map[string]delivery{}
	}
	if _, ok := l.files[id]; !ok {
		l.ids = append(l.ids, id)
	}
	l.files[id] = f
	if len(l.ids) > maxSent {
		delete(l.files, l.ids[0])
		l.ids = l.ids[1:]
	}
}

func (l *sentLog) get(id string) (delivery, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[id]
	return f, ok
}

// sent responds with how the file of an id was sent, or with 202 while it has not been sent to its end.
func (s *site) sent(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	f, ok := s.sentLog.get(strings.ToLower(r.PathValue("id")))
	if !ok {
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("{}\n"))
		return
	}
	_ = json.NewEncoder(w).Encode(f)
}
