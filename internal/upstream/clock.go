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

// Clock is a store's clock, as the Date of its responses shows it. Requests and URLs are signed by it.
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
func (c *Clock) Now() time.Time { return c.at(time.Now()) }

// SigningTime returns the time to sign a URL at: a time of this machine's clock, or now if that is zero, by the
// store's clock and in whole seconds.
func (c *Clock) SigningTime(t time.Time) time.Time {
	if t.IsZero() {
		t = time.Now()
	}
	return c.at(t).Truncate(time.Second)
}

func (c *Clock) at(t time.Time) time.Time { return t.Add(time.Duration(c.offset.Load())).UTC() }

// Offset is by how many nanoseconds the store's clock is ahead of this machine's.
func (c *Clock) Offset() int64 { return c.offset.Load() }

// observe compares the clocks once a minute.
func (c *Clock) observe(resp *http.Response) {
	now := time.Now().Unix()
	if next := c.next.Load(); now >= next && c.next.CompareAndSwap(next, now+60) {
		c.correct(resp)
	}
}

// corrected sets the clock by an error's Date. It reports whether the clock differs by now from the Offset at which the
// request was signed: the error of a request in flight at the same time may have corrected it before.
func (c *Clock) corrected(resp *http.Response, offset int64) bool {
	c.correct(resp)
	return c.Offset() != offset
}

func (c *Clock) correct(resp *http.Response) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.Header.Get("Age") != "" { // a cached response has an old Date
		return
	}
	before := c.offset.Load()
	skew := date.Sub(time.Now().Add(time.Duration(before)))
	if skew.Abs() < skewLimit || !c.offset.CompareAndSwap(before, before+int64(skew)) {
		return
	}
	if c.logged.CompareAndSwap(false, true) {
		ahead, direction := -time.Duration(c.Offset()), "ahead"
		if ahead < 0 {
			ahead, direction = -ahead, "behind"
		}
		slog.Warn("this machine's clock and the store's disagree; requests are signed by the store's. Set the clock.",
			"store", c.Store, direction, ahead.Round(time.Second))
	}
}
