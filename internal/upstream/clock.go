package upstream

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// skewLimit is how far this machine's clock may be from the store's. Stores refuse signatures that are 15
// minutes off; a signed URL of a few minutes may be worthless sooner.
const skewLimit = 5 * time.Minute

// Clock is a store's clock, as far as its answers tell.
type Clock struct {
	Store  string // by which the log calls it
	Layout string // of Date

	offset atomic.Int64 // of the store's clock from this machine's, in nanoseconds
	next   atomic.Int64 // when to look at an answer's Date again, in seconds of the epoch
	said   atomic.Bool
	second atomic.Pointer[second]
}

// second is a time as signatures state it, which they do in whole seconds.
type second struct {
	unix int64
	text string
}

// Date returns the time to sign by now.
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
func (c *Clock) Now() time.Time { return c.At(time.Now()) }

// At returns a time of this machine's clock by the store's.
func (c *Clock) At(t time.Time) time.Time { return t.Add(time.Duration(c.offset.Load())).UTC() }

// Observe compares the clocks once a minute.
func (c *Clock) Observe(resp *http.Response) {
	now := time.Now().Unix()
	if next := c.next.Load(); now >= next && c.next.CompareAndSwap(next, now+60) {
		c.correct(resp)
	}
}

// Offset is by how much the store's clock is ahead of this machine's.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Corrected takes over the time of a refusal, and reports whether it is another by now than the refused request was
// signed by, at the given Offset: one that was on its way together with others may find it corrected already.
func (c *Clock) Corrected(resp *http.Response, signed time.Duration) bool {
	c.correct(resp)
	return c.Offset() != signed
}

func (c *Clock) correct(resp *http.Response) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.Header.Get("Age") != "" { // of a cache's answer the Date is old
		return
	}
	thought := c.offset.Load()
	skew := date.Sub(time.Now().Add(time.Duration(thought)))
	if skew.Abs() < skewLimit || !c.offset.CompareAndSwap(thought, thought+int64(skew)) {
		return
	}
	if c.said.CompareAndSwap(false, true) {
		slog.Warn("this machine's clock and the store's disagree; requests are signed by the store's. Set the clock.",
			"store", c.Store, "ahead", (-c.Offset()).Round(time.Second))
	}
}
