package blobdownload

import "io"

// sendQueue is an empty body that learns how much of a connection the client has not received.
type sendQueue struct {
	bytes int // negative: unknown
}

// Read implements io.Reader, for middleware that does not use WriteTo.
func (q *sendQueue) Read([]byte) (int, error) { return 0, io.EOF }

// WriteTo implements io.WriterTo. net/http passes the connection itself after the header has been sent.
func (q *sendQueue) WriteTo(dst io.Writer) (int64, error) {
	if conn, ok := dst.(socket); ok {
		q.bytes = queued(conn)
	}
	return 0, nil
}

// connected looks at the send queue, and reports whether net/http passes the client's connection to what it reads from.
func (c *copier) connected() bool {
	dst, ok := c.t.w.(io.ReaderFrom)
	if !ok || !c.cleartext || c.flush != nil {
		return false
	}
	c.queue.bytes = -1
	_, err := dst.ReadFrom(&c.queue)
	return err == nil && c.queue.bytes >= 0
}

// drained reports whether the client's host has received nearly all that was written. A write that does not block does not
// show that: it may have filled the socket.
func (c *copier) drained() bool { return c.connected() && c.queue.bytes <= mediumBuffer }
