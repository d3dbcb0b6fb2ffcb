package wire

import (
	"errors"
	"net"
	"slices"
	"time"
)

// Harm is the damage to one response. Offsets count from the start of its header.
type Harm struct {
	CutAfter int64  // reset the connection after this many bytes; 0 is never
	FlipAt   int64  // flip one bit of this byte; 0 is none
	Then     func() // called between the reset of the server's connection and that of the client's; nil is none
}

// downstream is the io.Writer of one connection's responses.
type downstream struct {
	proxy          *Proxy
	client, server net.Conn
	gone           <-chan struct{} // closed when the client disconnects
	harm           Harm
	sent           int64 // bytes of this response

	began time.Time // start of the paced period
	paced int64     // bytes in the paced period
}

// begin starts the n-th response of the proxy.
func (d *downstream) begin(n int64) {
	d.sent, d.harm = 0, Harm{}
	if h := d.proxy.Harm.Load(); h != nil {
		d.harm = (*h)(n)
	}
}

var errCut = errors.New("dropped on purpose")

func (d *downstream) Write(b []byte) (int, error) {
	if d.harm.CutAfter > 0 && d.sent+int64(len(b)) >= d.harm.CutAfter {
		_, _ = d.client.Write(b[:d.harm.CutAfter-d.sent])
		_ = d.server.Close() // first: MinIO locks an object that it is sending
		if d.harm.Then != nil {
			d.harm.Then()
		}
		return 0, errCut
	}
	if at := d.harm.FlipAt - d.sent; d.harm.FlipAt > 0 && at >= 0 && at < int64(len(b)) {
		b = slices.Clone(b) // the proxy parses the original bytes
		b[at] ^= 1
	}
	n, err := d.client.Write(b)
	d.sent += int64(n)
	d.pace(int64(n))
	return n, err
}

// pace waits for the time that n bytes take at the rate.
func (d *downstream) pace(n int64) {
	rate := d.proxy.Rate.Load()
	if rate == 0 {
		return
	}
	due := func() time.Duration { return time.Duration(d.paced) * time.Second / time.Duration(rate) }
	if time.Since(d.began)-due() > 100*time.Millisecond {
		d.began, d.paced = time.Now(), 0 // the connection was idle
	}
	d.paced += n
	select {
	case <-time.After(time.Until(d.began.Add(due()))):
	case <-d.gone:
	}
}
