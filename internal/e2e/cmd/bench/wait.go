package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// responseTime is the time that a percentage of responses take at most, in ms, while many clients send a request after each
// response.
func responseTime(ctx context.Context, t *trial) (float64, error) {
	times := make([][]time.Duration, t.clients)
	g, ctx := errgroup.WithContext(ctx)
	for i := range times {
		g.Go(func() (err error) {
			times[i], err = t.measureResponses(ctx)
			return err
		})
	}
	err := g.Wait()
	all := slices.Concat(times...)
	slices.Sort(all)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[(len(all)-1)*t.percent/100].Seconds() * 1e3, nil
}

// measureResponses returns the time of each response to one client. The first one, with the time of the connection, is left
// out.
func (t *trial) measureResponses(ctx context.Context) ([]time.Duration, error) {
	c, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	times := make([]time.Duration, 0, t.requests+1)
	for i := range t.requests + 1 {
		start := time.Now()
		if err := c.exchange(i); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times[1:], nil
}
