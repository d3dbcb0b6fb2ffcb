package s3

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// skewLimit is how far this machine's clock may be from the store's. S3 refuses signatures that are 15
// minutes off; a signed URL of DefaultExpiry may be worthless sooner.
const skewLimit = 5 * time.Minute

// clock is the store's clock, as far as its answers tell.
type clock struct {
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

// date returns the time to sign by now.
func (c *clock) date() string {
	now := c.now()
	s := c.second.Load()
	if s == nil || s.unix != now.Unix() {
		s = &second{now.Unix(), now.Format(timeFormat)}
		c.second.Store(s)
	}
	return s.text
}

func (c *clock) now() time.Time { return c.at(time.Now()) }

// at returns a time of this machine's clock by the store's.
func (c *clock) at(t time.Time) time.Time { return t.Add(time.Duration(c.offset.Load())).UTC() }

// observe compares the clocks once a minute.
func (c *clock) observe(resp *http.Response) {
	now := time.Now().Unix()
	if next := c.next.Load(); now >= next && c.next.CompareAndSwap(next, now+60) {
		c.correct(resp)
	}
}

// correct takes over the time of an answer, and reports whether that was another than was thought.
func (c *clock) correct(resp *http.Response) bool {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.Header.Get("Age") != "" { // of a cache's answer the Date is old
		return false
	}
	skew := date.Sub(c.now())
	if skew.Abs() < skewLimit {
		return false
	}
	c.offset.Add(int64(skew))
	if c.said.CompareAndSwap(false, true) {
		slog.Warn("S3: this machine's clock and the store's disagree; requests are signed by the store's. Set the clock.",
			"ahead", time.Duration(-c.offset.Load()).Round(time.Second))
	}
	return true
}
