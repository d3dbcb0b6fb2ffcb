package upstream

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// skewLimit is how far this machine's clock may be from the store's. A signed URL of a few minutes may be worthless sooner.
const skewLimit = 5 * time.Minute

// signatureLimit is how far the time of a signature may be from the store's clock.
const signatureLimit = 15 * time.Minute

// Clock is a store's clock, as the Date of its responses shows it. Requests and URLs are signed by it. A Date counts only
// if the store's acceptance or refusal of a signature does not contradict it: a proxy on the way may have set it.
type Clock struct {
	Store  string // its name in the log
	Layout string // of Date

	offset atomic.Int64 // of the store's clock from this machine's, in nanoseconds
	next   atomic.Int64 // when to compare the clocks again, in seconds of the epoch
	logged atomic.Bool
	second atomic.Pointer[second]
}

// second is a time in the form of signatures, which have whole seconds.
type second struct {
	unix int64
	text string
}

// Date returns the time to sign a request at.
func (c *Clock) Date() string {
	now := c.Now()
	s := c.second.Load()
	if s == nil || s.unix != now.Unix() {
		s = &second{now.Unix(), now.Format(c.Layout)}
		c.second.Store(s)
	}
	return s.text
}

// Now returns the time by the store's clock.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())).UTC() }

// SigningTime returns the time to sign a URL at: a time of this machine's clock, or now if that is zero, by the
// store's clock and in whole seconds.
func (c *Clock) SigningTime(t time.Time) time.Time {
	if t.IsZero() {
		t = time.Now()
	}
	return t.Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Second)
}

// Offset is by how many nanoseconds the store's clock is ahead of this machine's.
func (c *Clock) Offset() int64 { return c.offset.Load() }

// observe compares the clocks once a minute, by a response to an accepted request. A store that accepted a signature has
// the time of the signature, within signatureLimit: a Date that contradicts this is not the store's.
func (c *Clock) observe(resp *http.Response) {
	now := time.Now().Unix()
	if next := c.next.Load(); now < next || !c.next.CompareAndSwap(next, now+60) {
		return
	}
	offset := c.Offset()
	skew, ok := skewOf(resp.Header, offset)
	if !ok || skew.Abs() < skewLimit || skew.Abs() > signatureLimit && signedByTime(resp.Request) {
		return
	}
	if c.offset.CompareAndSwap(offset, offset+int64(skew)) {
		c.warn()
	}
}

// skewOf returns by how much the Date of a response exceeds a clock with an offset.
func skewOf(h http.Header, offset int64) (skew time.Duration, ok bool) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" { // a cached response has an old Date
		return 0, false
	}
	return date.Sub(time.Now().Add(time.Duration(offset))), true
}

// signedByTime reports whether a request had a signature that holds for minutes, rather than a token or none.
func signedByTime(r *http.Request) bool {
	if r == nil {
		return false
	}
	field := r.Header.Get("Authorization")
	return strings.HasPrefix(field, "AWS4-") || strings.HasPrefix(field, "SharedKey")
}

func (c *Clock) warn() {
	if offset := time.Duration(c.Offset()); offset != 0 && c.logged.CompareAndSwap(false, true) {
		slog.Warn("this machine's clock and the store's disagree; requests are signed by the store's. Set the clock.",
			"store", c.Store, "this_machine", inWords(offset))
	}
}

// warnOf logs that the Date of a refusal disagrees with this machine's clock, which nothing here can correct.
func (c *Clock) warnOf(h http.Header) {
	if skew, ok := skewOf(h, 0); ok && skew.Abs() >= skewLimit && c.logged.CompareAndSwap(false, true) {
		slog.Warn("this machine's clock and the store's disagree, and the store refuses requests. Set the clock.",
			"store", c.Store, "this_machine", inWords(skew))
	}
}

// inWords describes this machine's clock, given by how much the store's exceeds it.
func inWords(ahead time.Duration) string {
	direction := " behind"
	if ahead < 0 {
		direction = " ahead"
	}
	return ahead.Abs().Round(time.Second).String() + direction
}

// guess is the offset that one call tries after a refusal for the clock. It is given up if the store refuses it too.
type guess struct {
	clock         *Clock
	made          bool
	before, after int64 // equal if another call has corrected the clock
}

// from corrects the clock by the Date of a refusal of a request that was signed at an offset. It reports whether the
// request is worth sending again. A Date that confirms the offset is not the store's, so that the offset is dropped.
func (g *guess) from(h http.Header, offset int64) bool {
	if g.made {
		return false
	}
	if now := g.clock.Offset(); now != offset {
		g.made, g.before, g.after = true, now, now
		return true
	}
	skew, ok := skewOf(h, offset)
	after := offset + int64(skew)
	if !ok || skew.Abs() < skewLimit {
		after = 0
	}
	if after == offset {
		return false
	}
	g.made, g.before, g.after = true, offset, after
	g.clock.offset.CompareAndSwap(offset, after)
	return true
}

// end keeps the guess if the store accepted the time of the signature, else drops it.
func (g *guess) end(refused *APIError) {
	switch {
	case !g.made || g.before == g.after:
	case refused != nil && refused.Refusal.maySkew():
		g.clock.offset.CompareAndSwap(g.after, g.before)
		g.clock.warnOf(refused.Header)
	default:
		g.clock.warn()
	}
}
