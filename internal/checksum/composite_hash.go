package checksum

import (
	"bytes"
	"context"
	"hash"
)

// compositeHash verifies a composite of hashes that cannot be combined. It requests the layout before the first byte.
type compositeHash struct {
	composite
	part, whole hash.Hash // of the current part, and of the hashes of parts
	assumed     *layout   // nil before the first byte
	usable      bool
	parts       int
}

func newCompositeHash(c composite, hash func() hash.Hash) *compositeHash {
	return &compositeHash{composite: c, part: hash(), whole: hash()}
}

func (c *compositeHash) Write(ctx context.Context, p []byte) error {
	if c.assumed == nil {
		if err := c.start(ctx); err != nil {
			return err
		}
	}
	off := c.read
	c.read += int64(len(p))
	if !c.usable {
		return nil
	}
	for len(p) > 0 && c.parts < c.assumed.parts {
		block := p
		left := c.assumed.end(c.parts) - off
		if left <= int64(len(p)) {
			block = p[:left]
		}
		_, _ = c.part.Write(block)
		off += int64(len(block))
		p = p[len(block):]
		if int64(len(block)) == left {
			c.endPart()
		}
	}
	return nil
}

func (c *compositeHash) endPart() {
	_, _ = c.whole.Write(c.part.Sum(nil))
	c.part.Reset()
	c.parts++
}

// start requests the layout, unless it is remembered.
func (c *compositeHash) start(ctx context.Context) error {
	if err := c.remember(); err != nil {
		return err
	}
	if err := c.learnFirst(ctx); err != nil {
		return err
	}
	assumed := c.layout.clone()
	c.assumed, c.usable = &assumed, c.layout.usable()
	return nil
}

func (c *compositeHash) Confirm(ctx context.Context) (string, error) {
	if c.assumed == nil { // of no bytes
		if err := c.start(ctx); err != nil {
			return "", err
		}
	}
	if !c.usable {
		return "", nil
	}
	if err := c.end(); err != nil {
		return "", err
	}
	if c.parts == c.assumed.parts-1 { // the last part of a body of unknown length, or of no bytes
		c.endPart()
	}
	c.assumed.setSize(c.read)
	got := c.whole.Sum(nil)
	return c.settle(ctx, func(l *layout) (matches, computed bool) {
		if !l.usable() || !l.agrees(c.assumed) {
			return false, false
		}
		return bytes.Equal(got, c.digest.Sum), true
	})
}
