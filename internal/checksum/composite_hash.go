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
	n           int64
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
	if !c.usable {
		return nil
	}
	for len(p) > 0 && c.parts < c.assumed.parts {
		block := p
		left := c.assumed.end(c.parts) - c.n
		if left <= int64(len(p)) {
			block = p[:left]
		}
		_, _ = c.part.Write(block)
		c.n += int64(len(block))
		p = p[len(block):]
		if int64(len(block)) == left {
			_, _ = c.whole.Write(c.part.Sum(nil))
			c.part.Reset()
			c.parts++
		}
	}
	return nil
}

// start requests the layout, unless it is remembered.
func (c *compositeHash) start(ctx context.Context) error {
	c.remember()
	if err := c.learnFirst(ctx); err != nil {
		return err
	}
	assumed := c.layout
	c.assumed, c.usable = &assumed, c.layout.usable()
	return nil
}

func (c *compositeHash) Confirm(ctx context.Context) (string, error) {
	if !c.usable {
		return "", nil
	}
	got := c.whole.Sum(nil)
	return c.settle(ctx, func(l *layout) (matches, computed bool) {
		if !l.usable() || !l.agrees(c.assumed) {
			return false, false
		}
		return bytes.Equal(got, c.digest.Sum), true
	})
}
