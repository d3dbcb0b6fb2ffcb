package checksum

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/go-downloadview/downloadview/internal/crc"
)

// partUnits are the sizes whose multiples programs choose as the size of parts.
var partUnits = []int64{16 * fineUnit, 1_000_000}

// The checksum is kept at the multiples of partUnits, and for objects up to fineLimit at those of fineUnit, where parts of
// different size may end. Both need at most 2 MiB a download. Above coarseLimit, the layout is requested first.
const (
	fineUnit    = 64 << 10
	fineLimit   = 16 << 30
	coarseLimit = 256 << 30
)

// compositeCRC verifies a composite of CRCs. It computes the composites of all layouts with parts of equal size from one
// running checksum.
type compositeCRC struct {
	composite
	poly     crc.Poly
	prefixes *crc.Prefixes // nil before the first byte
}

func newCompositeCRC(c composite, p crc.Poly) *compositeCRC {
	return &compositeCRC{composite: c, poly: p}
}

func (c *compositeCRC) Write(ctx context.Context, p []byte) error {
	if c.prefixes == nil {
		if err := c.start(ctx); err != nil {
			return err
		}
	}
	c.read += int64(len(p))
	_, err := c.prefixes.Write(p)
	return err
}

// start chooses the offsets at which the checksum is kept.
func (c *compositeCRC) start(ctx context.Context) error {
	if err := c.remember(); err != nil {
		return err
	}
	l := &c.layout
	units := keptUnits(l.size)
	if units == nil || l.size == unsized || !slices.ContainsFunc(partUnits, func(unit int64) bool { return l.fits(l.smallest(unit)) }) {
		if err := c.learnFirst(ctx); err != nil {
			return err
		}
	}
	if l.even > 0 {
		units = append([]int64{l.even}, units...)
	}
	c.prefixes = crc.NewPrefixes(c.poly, units, l.ends)
	return nil
}

// keptUnits returns the units at whose multiples the checksum of an object is kept.
func keptUnits(size int64) []int64 {
	switch {
	case size <= fineLimit:
		return []int64{fineUnit, partUnits[1]}
	case size <= coarseLimit, size == unsized:
		return partUnits
	default:
		return nil
	}
}

func (c *compositeCRC) Confirm(ctx context.Context) (string, error) {
	if c.prefixes == nil { // of no bytes
		if err := c.start(ctx); err != nil {
			return "", err
		}
	}
	if err := c.end(); err != nil {
		return "", err
	}
	if !c.layout.usable() && c.matchesSomeUnit() {
		return c.digest.Algorithm, nil
	}
	return c.settle(ctx, c.compare)
}

// smallest returns the smallest size of equal parts that is a multiple of the unit.
func (l *layout) smallest(unit int64) int64 {
	return (max(0, l.size-1)/int64(l.parts) + unit) / unit * unit
}

// matchesSomeUnit reports whether the body matches any layout of equal parts of whole units.
func (c *compositeCRC) matchesSomeUnit() bool {
	l := &c.layout
	for _, unit := range partUnits {
		for size := l.smallest(unit); l.fits(size); size += unit {
			if matches, _ := c.compare(&layout{size: l.size, parts: l.parts, even: size}); matches {
				return true
			}
		}
	}
	return false
}

func (c *compositeCRC) compare(l *layout) (matches, computed bool) {
	if !l.usable() {
		return false, false
	}
	sum, ok := c.prefixes.Composite(l.parts, l.end)
	if !ok || len(c.digest.Sum) != 4 {
		return false, false
	}
	return sum == binary.BigEndian.Uint32(c.digest.Sum), true
}
