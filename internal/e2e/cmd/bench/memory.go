package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// idleMemory is the resident memory of a server before its first request, in MiB.
func idleMemory(_ context.Context, t *trial) (float64, error) {
	p, err := t.launch()
	if err != nil {
		return 0, err
	}
	n, err := p.resident()
	return float64(n) / (1 << 20), errors.Join(err, p.stop())
}

// peakMemory is the highest resident memory during one download, above that of the idle server, in MiB.
func peakMemory(ctx context.Context, t *trial) (float64, error) {
	fresh, idle, err := t.fresh(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = fresh.p.stop() }()
	if err := fresh.download(ctx, 1); err != nil {
		return 0, err
	}
	peak, err := fresh.p.peak()
	return float64(peak-idle) / (1 << 20), err
}

// heldMemory is the resident memory of a server for each of many clients that read slowly, in KiB.
func heldMemory(ctx context.Context, t *trial) (float64, error) {
	fresh, idle, err := t.fresh(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = fresh.p.stop() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var clients errgroup.Group
	reading := make(chan struct{}, t.clients)
	for range t.clients {
		clients.Go(func() error { return fresh.readSlowly(ctx, reading) })
	}
	for range t.clients {
		select {
		case <-reading:
		case <-time.After(patience):
			return 0, errors.New("a client has no response")
		}
	}
	time.Sleep(t.hold)
	held, err := fresh.p.resident()
	cancel()
	return float64(held-idle) / (1 << 10) / float64(t.clients), errors.Join(err, clients.Wait())
}

const (
	slowPause = 250 * time.Millisecond
	slowRead  = 16 << 10
)

// readSlowly reads slowRead bytes each slowPause, with a small buffer in the kernel, until the context is canceled. It sends
// to reading once it has the header, or an error.
func (t *trial) readSlowly(ctx context.Context, reading chan<- struct{}) error {
	c, err := t.open(ctx)
	reading <- struct{}{}
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	tick := time.NewTicker(slowPause)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			if err := c.discard(slowRead); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
	return nil
}

// open connects with a small receive buffer, and reads the header of a response.
func (t *trial) open(ctx context.Context) (*clientConn, error) {
	c, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	err = c.SetReadBuffer(64 << 10)
	if err == nil {
		err = c.request(0)
	}
	if err == nil {
		_, err = c.header(0)
	}
	if err != nil {
		return nil, cmp.Or(err, c.Close())
	}
	return c, nil
}

// fresh returns the trial with a process that has served one small response, and its resident memory.
func (t *trial) fresh(ctx context.Context) (*trial, int64, error) {
	p, err := t.launch()
	if err != nil {
		return nil, 0, err
	}
	c := *t
	c.p = p
	err = c.begin(ctx, 0)
	time.Sleep(100 * time.Millisecond) // the server notices that the client has left
	err = cmp.Or(err, p.settle())
	idle, idleErr := p.resident()
	if err := cmp.Or(err, idleErr); err != nil {
		return nil, 0, errors.Join(err, p.stop())
	}
	return &c, idle, nil
}
