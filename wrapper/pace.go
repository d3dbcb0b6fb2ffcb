package wrapper

import "time"

// When read-ahead begins: once most of a sample's time was spent waiting for the connection and not for the
// client, at less than what a local network gives anyway.
const (
	paceSample    = 1 << 20
	paceWaiting   = 0.8       // of the time
	paceFast      = 150 << 20 // bytes a second, above which another connection would only cost CPU
	minPartsSent  = 2         // before: what socket buffers swallow says nothing of the client
	minPartsAhead = 3         // still to come, for read-ahead to be worth its requests
)

// pace measures who waits for whom.
type pace struct {
	began     time.Time // the current read
	ended     time.Time // the last one
	waiting   time.Duration
	consuming time.Duration
	bytes     int64
	total     int64 // of all samples
}

func (p *pace) begin() {
	p.began = time.Now()
	if !p.ended.IsZero() {
		p.consuming += p.began.Sub(p.ended)
	}
}

func (p *pace) end(n int) {
	p.ended = time.Now()
	p.waiting += p.ended.Sub(p.began)
	p.bytes += int64(n)
	p.total += int64(n)
}

// rate is what the connection gave, in bytes a second.
func (p *pace) rate() float64 {
	if p.waiting <= 0 {
		return paceFast
	}
	return float64(p.bytes) / p.waiting.Seconds()
}

// wantsMore reports whether the client takes more than one connection brings, with rest bytes to come. It
// judges each sample by itself, so that a client that speeds up is seen.
func (p *pace) wantsMore(rest int64, t ReadOptions) bool {
	if t.ReadAhead < 2 || p.bytes < paceSample {
		return false
	}
	total := p.waiting + p.consuming
	slow := p.rate() < paceFast && float64(p.waiting) > paceWaiting*float64(total)
	if slow && p.total >= minPartsSent*t.PartSize && rest >= minPartsAhead*t.PartSize {
		return true
	}
	*p = pace{ended: p.ended, total: p.total}
	return false
}
