package resume

import (
	"errors"
	"io"
)

// Discard returns a reader of body without its first n bytes. While it discards bytes, a Read returns an error that
// Reader takes for progress: a server that ignores Range sends the whole representation, which is no stall however
// long it takes.
func Discard(body io.Reader, n int64) io.Reader { return &discarding{body: body, left: n} }

type discarding struct {
	body    io.Reader
	left    int64  // bytes before the window
	scratch []byte // for them: the buffer of a Read may stand for a pipe, from which nothing can be dropped
}

const scratchSize = 32 << 10

// errDiscarded is the error of a Read that received only bytes before the window.
var errDiscarded = errors.New("received bytes before the window")

func (d *discarding) Read(p []byte) (int, error) {
	if d.left == 0 {
		return d.body.Read(p)
	}
	if d.scratch == nil {
		d.scratch = make([]byte, min(scratchSize, d.left))
	}
	n, err := d.body.Read(d.scratch[:min(int64(len(d.scratch)), d.left)])
	d.left -= int64(n)
	if err == nil {
		err = errDiscarded
	}
	return 0, err
}
