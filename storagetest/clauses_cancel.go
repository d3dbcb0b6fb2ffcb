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

// leaving returns the file with a context that is cancelled as soon as a trip begins, as when a client leaves: a
// source may go on, or fail by the context's error, but not by another one.
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
		return fmt.Errorf("with its context cancelled it failed by another error than context.Canceled: %w", err)
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
		return fmt.Errorf("with its context cancelled it said %d bytes and no error, the content has %d", info.Size, c.size())
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

// orCancelled wants what is left of the content after first, or the context's error.
func (c *check) orCancelled(rc io.ReadCloser, first []byte) error {
	rest, err := read(rc, c.want)
	if err == nil {
		return sameBytes(append(first, rest...), c.want)
	}
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("with its context cancelled a body failed by another error than context.Canceled: %w", err)
	}
	return nil
}

// cancelledRead may go on with what is there already, but must not end short without an error.
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

// known gives the file what Stat said: the two must agree on what is then fetched.
func (c *check) known(ctx context.Context) error {
	f := c.file.WithInfo(c.info)
	before := c.requests.Load()
	_, err := f.Fetch(ctx, wrapper.Request{Head: true})
	if err == nil && c.requests.Load() != before {
		err = errors.New("HEAD of a file whose facts are known made a trip")
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
		return fmt.Errorf("what Stat said was contradicted when the content was opened: %d trips, want 1", n)
	}
	return nil
}

// knownWrong gives the file a size that it has not: that may fail, but never deliver other bytes.
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
		return fmt.Errorf("neither signed nor errors.ErrUnsupported: %w", err)
	case u == "":
		return errors.New("signed by an empty URL")
	default:
		return nil
	}
}
