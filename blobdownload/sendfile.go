package blobdownload

import (
	"errors"
	"io"
	"net"
)

// sendFile copies a local file with sendfile, except for its last block: that is read and confirmed like any other.
func (c *copier) sendFile() error {
	if !c.file || c.flush != nil || c.left <= smallBuffer {
		return nil
	}
	dst, ok := c.w.(io.ReaderFrom)
	if !ok {
		return nil
	}
	src, ok := c.body.(interface {
		SendTo(dst io.ReaderFrom, n int64) (int64, error)
	})
	if !ok {
		return nil
	}
	for c.left > smallBuffer {
		if err := c.deadline.ctx.Err(); err != nil {
			return err // SendTo does not check it
		}
		c.deadline.begin()
		n, err := src.SendTo(dst, min(c.left-smallBuffer, fileChunk))
		c.written += n
		c.left -= n
		if _, ok := errors.AsType[*net.OpError](err); ok {
			return &clientWriteError{c.deadline.end(n, err)}
		}
		if err != nil {
			return err
		}
		if n == 0 {
			c.file = false // not a local file
			return nil
		}
		_ = c.deadline.end(n, nil)
	}
	return nil
}
