package wire

import (
	"errors"
	"net"
	"slices"
	"time"
)

// Harm befalls one answer. Offsets count every byte of it, header too.
type Harm struct {
	CutAfter int64  // reset the connection after so many bytes; 0 never
	FlipAt   int64  // change one bit of this byte; 0 none
	Then     func() // called when the server is cut off, and the client does not know yet
}

// downstream is the way of the answers of one connection.
type downstream struct {
	proxy          *Proxy
	client, server net.Conn
	gone           <-chan struct{} // closed when the client has left
	harm           Harm
	sent           int64 // of this answer

	began time.Time // since when the rate has held
	paced int64     // bytes since then
}

// begin begins the n-th answer of the proxy.
func (d *downstream) begin(n int64) {
	d.sent, d.harm = 0, Harm{}
	if h := d.proxy.Harm.Load(); h != nil {
		d.harm = (*h)(n)
	}
}

var errCut = errors.New("cut on purpose")

func (d *downstream) Write(b []byte) (int, error) {
	if d.harm.CutAfter > 0 && d.sent+int64(len(b)) >= d.harm.CutAfter {
		_, _ = d.client.Write(b[:d.harm.CutAfter-d.sent])
		_ = d.server.Close() // first: MinIO lets nobody overwrite what it is sending
		if d.harm.Then != nil {
			d.harm.Then()
		}
		return 0, errCut
	}
	if at := d.harm.FlipAt - d.sent; d.harm.FlipAt > 0 && at >= 0 && at < int64(len(b)) {
		b = slices.Clone(b) // the proxy itself reads what was sent
		b[at] ^= 1
	}
	n, err := d.client.Write(b)
	d.sent += int64(n)
	d.pace(int64(n))
	return n, err
}

// pace waits as long as the bytes take at the rate.
func (d *downstream) pace(n int64) {
	rate := d.proxy.Rate.Load()
	if rate == 0 {
		return
	}
	due := func() time.Duration { return time.Duration(d.paced) * time.Second / time.Duration(rate) }
	if time.Since(d.began)-due() > 100*time.Millisecond {
		d.began, d.paced = time.Now(), 0 // the connection was not in use
	}
	d.paced += n
	select {
	case <-time.After(time.Until(d.began.Add(due()))):
	case <-d.gone:
	}
}
