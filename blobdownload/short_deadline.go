package blobdownload

import (
	"cmp"
	"net/http"
	"time"
)

// boundHeader sets the deadline of a response without content. Over HTTP/2 nothing waits for the client: no window applies to a
// header.
func (s *Server) boundHeader(w http.ResponseWriter, r *http.Request) {
	if timeout := cmp.Or(s.WriteTimeout, defaultWriteTimeout); timeout > 0 && r.ProtoMajor < 2 {
		setWriteDeadline(w, time.Now().Add(timeout))
	}
}

// bound writes the short response of an error under a deadline. Over HTTP/2, a client without a window never accepts its body: a
// flush waits for the client. A deadline of net/http would be simpler, but it is set by a message to the goroutine of the connection,
// which may read it after the end of the stream. The deadline then resets a stream that is complete.
func (s *Server) bound(w http.ResponseWriter, r *http.Request, write func()) {
	if r.ProtoMajor < 2 {
		s.boundHeader(w, r)
		write()
		return
	}
	var d writeDeadline
	d.init(r.Context(), s, w, r)
	defer d.stream.stop()
	d.begin()
	write()
	_ = d.flush()
}

// writeError writes the response to an error under a deadline.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	s.bound(w, r, func() { writeError(w, r, err, s.ErrorHandler) })
}
