package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-downloadview/downloadview/wrapper"
)

var cancelClauses = []clause{
	{name: "cancelled-stat", test: (*check).cancelledStat},
	{name: "cancelled-open", test: (*check).cancelledOpen},
	{name: "cancelled-fetch", test: (*check).cancelledFetch},
	{name: "cancelled-read", test: (*check).cancelledRead},
	{name: "known", test: (*check).known, only: nonEmpty},
	{name: "known-wrong", test: (*check).knownWrong, only: sized},
	{name: "sign", test: (*check).sign},
}

// cancelledOnAdmission returns the file and a context that is cancelled when a request to the source starts. The
// source may continue or fail with the context's error, but with no other error.
func (c *check) cancelledOnAdmission(ctx context.Context) (*wrapper.File, context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	return c.bare.WithAdmission(func(context.Context) (func(), error) {
		cancel()
		c.inFlight.Add(1)
		return func() { c.inFlight.Add(-1) }, nil
	}), ctx
}

func wantCancelled(err error) error {
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("after its context was cancelled, it failed with another error than context.Canceled: %w", err)
	}
	return shaped(err)
}

func (c *check) cancelledStat(ctx context.Context) error {
	f, ctx := c.cancelledOnAdmission(ctx)
	info, err := f.Stat(ctx)
	if err != nil {
		return wantCancelled(err)
	}
	if info.Size != c.info.Size {
		return fmt.Errorf("after its context was cancelled, Stat returned %d bytes and no error, the content has %d", info.Size, c.size())
	}
	return nil
}

func (c *check) cancelledOpen(ctx context.Context) error {
	f, ctx := c.cancelledOnAdmission(ctx)
	rc, err := f.Open(ctx, 0, -1)
	if err != nil {
		return wantCancelled(err)
	}
	return c.orCancelled(rc, nil)
}

func (c *check) cancelledFetch(ctx context.Context) error {
	f, ctx := c.cancelledOnAdmission(ctx)
	resp, err := f.Fetch(ctx, wrapper.Request{})
	switch {
	case err != nil:
		return wantCancelled(err)
	case resp.Body == nil:
		return sameBytes(nil, c.want)
	default:
		return c.orCancelled(resp.Body, nil)
	}
}

// orCancelled expects the content after first, or the context's error.
func (c *check) orCancelled(rc io.ReadCloser, first []byte) error {
	rest, err := read(rc, c.want)
	if err == nil {
		return sameBytes(append(first, rest...), c.want)
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("after its context was cancelled, a body failed with another error than context.Canceled: %w", err)
	}
	return nil
}

// cancelledRead allows a body to continue, but not to end short without an error.
func (c *check) cancelledRead(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rc, err := c.file.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	var first []byte
	if len(c.want) > 0 {
		first = make([]byte, 1)
		if _, err := io.ReadFull(plain{rc}, first); err != nil {
			return errors.Join(err, rc.Close())
		}
	}
	cancel()
	return c.orCancelled(rc, first)
}

// known passes the Info of Stat to WithInfo: a Fetch must not contradict it.
func (c *check) known(ctx context.Context) error {
	f := c.file.WithInfo(c.info)
	before := c.requests.Load()
	_, err := f.Fetch(ctx, wrapper.Request{Head: true})
	if err == nil && c.requests.Load() != before {
		err = errors.New("HEAD of a file with a known Info sent a request")
	}
	if err != nil {
		return err
	}
	before = c.requests.Load()
	resp, err := f.Fetch(ctx, wrapper.Request{})
	if err != nil {
		return err
	}
	if err := readExactly(resp.Body, c.want); err != nil {
		return err
	}
	if n := c.requests.Load() - before; n != 1 {
		return fmt.Errorf("Open contradicted the Info of Stat: %d requests, want 1", n)
	}
	return nil
}

// knownWrong passes a wrong size to WithInfo: a Fetch may fail, but must not return other bytes.
func (c *check) knownWrong(ctx context.Context) error {
	for _, size := range []int64{c.size() + 1, c.size() - 1} {
		if size <= 0 {
			continue
		}
		resp, err := c.file.WithInfo(wrapper.Info{Size: size}).Fetch(ctx, wrapper.Request{})
		if err != nil || resp.Body == nil {
			continue
		}
		if err := readExactlyOrFail(resp.Body, nil, c.want); err != nil {
			return fmt.Errorf("with a known Size of %d: %w", size, err)
		}
	}
	return nil
}

func (c *check) sign(ctx context.Context) error {
	u, err := c.file.SignedURL(ctx, wrapper.SignOptions{})
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	case err != nil:
		return fmt.Errorf("SignedURL returned neither a URL nor errors.ErrUnsupported: %w", err)
	case u == "":
		return errors.New("SignedURL returned an empty URL")
	default:
		return nil
	}
}
