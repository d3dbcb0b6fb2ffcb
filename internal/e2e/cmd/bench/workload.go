package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// workload is one kind of request, sent to several subjects, and one figure of them.
type workload struct {
	group, name string
	unit        string // of the figure

	object      object
	method      string // "" is GET
	protocol    string // "" is HTTP/1.1 without TLS
	bucket      string // "" is plainBucket
	ranges      bool   // 100 bytes each, spread over the object
	conditional bool   // with the current validator: the status is 304
	offload     bool   // a response without a body
	redirect    bool

	requests    int           // of one figure
	connections int           // at a time; 0 is 1
	clients     int           // of figures of several clients
	members     int           // of an archive
	hold        time.Duration // the time that slow clients read
	rounds      int           // 0 is the run's
	percent     int           // of the responses that are not slower than the figure
	full        bool
	subjects    []string // the reference first, then the others, ours last

	figure func(ctx context.Context, t *trial) (float64, error) // nil is cost
}

const rangeLength = 100

// path is the path of the request.
func (w *workload) path() string {
	if w.members > 0 {
		return "/" + w.object.file() + "@" + strconv.Itoa(w.members)
	}
	return "/" + w.object.file()
}

func (w *workload) verb() string {
	if w.method == "" {
		return http.MethodGet
	}
	return w.method
}

func (w *workload) status() int {
	switch {
	case w.redirect:
		return http.StatusFound
	case w.conditional:
		return http.StatusNotModified
	case w.ranges:
		return http.StatusPartialContent
	default:
		return http.StatusOK
	}
}

// window returns the bytes of the object that request i returns.
func (w *workload) window(i int) (offset, length int64) {
	switch {
	case w.method == http.MethodHead || w.offload || w.conditional:
		return 0, 0
	case w.ranges:
		return int64(i) * 7919 * rangeLength % (w.object.size - rangeLength), rangeLength
	default:
		return 0, w.object.size
	}
}

// fields are the header fields of request i.
func (w *workload) fields(i int, condition field) []field {
	switch {
	case w.ranges:
		offset, length := w.window(i)
		return []field{{"Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1)}}
	case w.conditional:
		return []field{condition}
	default:
		return nil
	}
}

// field is a header field.
type field struct{ name, value string }
