package blobdownload

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// addBucket adds a token bucket to the writes that follow. nil is none.
func (d *writeDeadline) addBucket(b *rate.Limiter) {
	if b != nil {
		d.buckets = append(d.buckets, b)
	}
}

// largestWrite returns the most that one call may send of a local file.
func (d *writeDeadline) largestWrite() int64 {
	n := int64(fileChunk)
	if d.rate > 0 {
		n = rateChunk
	}
	for _, b := range d.buckets {
		n = min(n, max(smallBuffer, int64(b.Burst())))
	}
	return n
}

// wait waits until every bucket holds n bytes, and takes them. Its error is the context's.
func (d *writeDeadline) wait(n int64) error {
	for n > 0 {
		step := n
		for _, b := range d.buckets {
			step = min(step, int64(b.Burst()))
		}
		if err := take(d.ctx, d.buckets, int(step)); err != nil {
			return err
		}
		n -= step
	}
	return nil
}

// take takes n bytes from every bucket, and waits for the slowest one. After an error it has taken none.
func take(ctx context.Context, buckets []*rate.Limiter, n int) error {
	now := time.Now()
	var longest time.Duration
	taken := make([]*rate.Reservation, len(buckets))
	for i, b := range buckets {
		taken[i] = b.ReserveN(now, n)
		longest = max(longest, taken[i].DelayFrom(now))
	}
	if longest <= 0 {
		return nil
	}
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		for _, r := range taken {
			r.Cancel()
		}
		return context.Cause(ctx)
	}
}
