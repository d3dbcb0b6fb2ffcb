package blobdownload_test

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// recordingWriter is an http.ResponseWriter that records its writes.
type recordingWriter struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	discard bool

	bytes   int64
	writes  int
	largest int           // write
	delay   time.Duration // each write takes
	flushed func()
	err     error // of writes
}

func (s *recordingWriter) Header() http.Header { return s.header }

func (s *recordingWriter) WriteHeader(status int) { s.status = status }

func (s *recordingWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	s.writes++
	s.largest = max(s.largest, len(p))
	s.bytes += int64(len(p))
	if !s.discard {
		s.body.Write(p)
	}
	return len(p), nil
}

func (s *recordingWriter) FlushError() error {
	if s.flushed != nil {
		s.flushed()
	}
	return nil
}

func newRecordingWriter() *recordingWriter { return &recordingWriter{header: http.Header{}} }

// readerFromWriter is a recordingWriter with ReadFrom, which net/http implements with sendfile.
type readerFromWriter struct {
	*recordingWriter
	readers []io.Reader
	wrote   int // bytes that came by ReadFrom
	fail    error
}

func (s *readerFromWriter) ReadFrom(r io.Reader) (int64, error) {
	s.readers = append(s.readers, r)
	if s.fail != nil {
		return 0, s.fail
	}
	n, err := io.Copy(s.recordingWriter, r)
	s.wrote += int(n)
	return n, err
}
