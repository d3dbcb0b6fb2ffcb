package main

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// The units of figures.
const (
	microseconds = "µs CPU"
	milliseconds = "ms"
	seconds      = "s"
	kibibytes    = "KiB"
	mebibytes    = "MiB"
	throughput   = "MiB/s"
	growth       = "× CPU"
)

// cost is the server's CPU time of one request in µs.
func cost(ctx context.Context, t *trial) (float64, error) {
	return t.cpu(t.requests, func() error { return t.download(ctx, t.requests) })
}

// cpu is the server's CPU time of one of n requests in µs.
func (t *trial) cpu(n int, download func() error) (float64, error) {
	before, err := t.p.cpu()
	if err != nil {
		return 0, err
	}
	if err := download(); err != nil {
		return 0, err
	}
	after, err := t.p.cpu()
	return float64((after - before).Nanoseconds()) / 1e3 / float64(n), err
}

// costGrowth is the CPU time of a request of many clients at once, divided by that of one client.
func costGrowth(ctx context.Context, t *trial) (float64, error) {
	one, err := t.cpu(t.clients, func() error { return t.download(ctx, t.clients) })
	if err != nil {
		return 0, err
	}
	many, err := t.cpu(t.clients, func() error {
		var g errgroup.Group
		for range t.clients {
			g.Go(func() error { return t.download(ctx, 1) })
		}
		return g.Wait()
	})
	return many / one, err
}

// speed is the throughput of one download in MiB/s.
func speed(ctx context.Context, t *trial) (float64, error) {
	start := time.Now()
	err := t.download(ctx, 1)
	return float64(t.object.size) / (1 << 20) / time.Since(start).Seconds(), err
}

// firstByte is the mean time from the dial of a connection to the first byte of the body in ms.
func firstByte(ctx context.Context, t *trial) (float64, error) {
	start := time.Now()
	for i := range t.requests {
		if err := t.begin(ctx, i); err != nil {
			return 0, err
		}
	}
	return time.Since(start).Seconds() * 1e3 / float64(t.requests), nil
}

// begin sends request i on a connection of its own, which it closes after the first byte of the body.
func (t *trial) begin(ctx context.Context, i int) error {
	c, err := t.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.request(i); err != nil {
		return err
	}
	if _, err := c.header(i); err != nil {
		return err
	}
	_, err = c.in.Peek(1)
	return err
}

// startTime is the time from the start of a server's process until it listens, in ms.
func startTime(_ context.Context, t *trial) (float64, error) {
	p, err := t.launch()
	if err != nil {
		return 0, err
	}
	return p.started.Seconds() * 1e3, p.stop()
}
