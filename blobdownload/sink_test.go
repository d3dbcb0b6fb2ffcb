package blobdownload_test

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// sink is a http.ResponseWriter that remembers how it was written to.
type sink struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	discard bool

	bytes   int64
	largest int           // write
	took    time.Duration // each write takes
	flushed func()
	err     error // of writes
}

func newSink() *sink { return &sink{header: http.Header{}} }

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.took > 0 {
		time.Sleep(s.took)
	}
	s.largest = max(s.largest, len(p))
	s.bytes += int64(len(p))
	if !s.discard {
		s.body.Write(p)
	}
	return len(p), nil
}

func (s *sink) FlushError() error {
	if s.flushed != nil {
		s.flushed()
	}
	return nil
}

// fileSink is a sink that takes readers, as the kernel's path does.
type fileSink struct {
	*sink
	readers []io.Reader
	wrote   int // bytes that came by ReadFrom
	fail    error
}

func (s *fileSink) ReadFrom(r io.Reader) (int64, error) {
	s.readers = append(s.readers, r)
	if s.fail != nil {
		return 0, s.fail
	}
	n, err := io.Copy(s.sink, r)
	s.wrote += int(n)
	return n, err
}

// toAccel hands every download to a front server.
var toAccel = blobdownload.OptimizerFunc(func(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/internal/" + d.File.Name()}}}, nil
})
