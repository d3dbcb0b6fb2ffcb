package resume

import "time"

// Read-ahead starts if a Reader spent most of a sample waiting for its connection, and not for the client, at a rate
// below that of a local network.
const (
	paceSample    = 1 << 20   // bytes
	paceWaiting   = 0.8       // of the time
	paceFast      = 150 << 20 // bytes a second, above which a second connection costs CPU and gains nothing
	minPartsSent  = 1         // before read-ahead: socket buffers hide the client's rate until they are full
	minPartsAhead = 3         // that must be left, for read-ahead to be worth its requests
)

// pace measures the time spent waiting for the connection, and for the client.
type pace struct {
	began   time.Time // the current read
	ended   time.Time // the previous read
	storage time.Duration
	client  time.Duration
	bytes   int64
	total   int64 // bytes of all samples
}

func (p *pace) begin() {
	p.began = time.Now()
	if !p.ended.IsZero() {
		p.client += p.began.Sub(p.ended)
	}
}

func (p *pace) end(n int) {
	p.ended = time.Now()
	p.storage += p.ended.Sub(p.began)
	p.bytes += int64(n)
	p.total += int64(n)
}

// rate is the connection's, in bytes a second.
func (p *pace) rate() float64 {
	if p.storage <= 0 {
		return paceFast
	}
	return float64(p.bytes) / p.storage.Seconds()
}

// wantsReadAhead reports whether the client reads faster than the connection delivers, with rest bytes left. Each
// sample counts alone, so that a client that speeds up is noticed.
func (p *pace) wantsReadAhead(rest int64, o Options) bool {
	if p.bytes < paceSample {
		return false
	}
	total := p.storage + p.client
	slow := p.rate() < paceFast && float64(p.storage) > paceWaiting*float64(total)
	if slow && p.total >= minPartsSent*o.PartSize && rest >= minPartsAhead*o.PartSize {
		return true
	}
	*p = pace{ended: p.ended, total: p.total}
	return false
}
