package crc

import (
	"hash/crc32"
	"math"
	"slices"
)

// Prefixes is a running checksum that keeps its value at certain offsets. From these values it computes the checksum of
// any window between two of the offsets.
type Prefixes struct {
	poly  Poly
	table *crc32.Table
	sum   uint32
	n     int64

	units []unit
	ends  []int64 // ascending
	sums  []uint32
}

// unit is the set of all multiples of size.
type unit struct {
	size int64
	sums []uint32
}

// NewPrefixes keeps the checksum at all multiples of the units, and at the ends, which ascend. It needs four bytes an
// offset.
func NewPrefixes(p Poly, units, ends []int64) *Prefixes {
	c := &Prefixes{poly: p, table: crc32.MakeTable(uint32(p)), ends: ends}
	for _, size := range units {
		c.units = append(c.units, unit{size: size})
	}
	return c
}

// Write never fails.
func (c *Prefixes) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		block := p
		if left := c.next() - c.n; left < int64(len(p)) {
			block = p[:left]
		}
		c.sum = crc32.Update(c.sum, c.table, block)
		c.n += int64(len(block))
		c.keep()
		p = p[len(block):]
	}
	return written, nil
}

// next returns the first offset after n where the checksum is kept.
func (c *Prefixes) next() int64 {
	next := int64(math.MaxInt64)
	for i := range c.units {
		next = min(next, int64(len(c.units[i].sums)+1)*c.units[i].size)
	}
	if len(c.sums) < len(c.ends) {
		next = min(next, c.ends[len(c.sums)])
	}
	return next
}

func (c *Prefixes) keep() {
	for i := range c.units {
		u := &c.units[i]
		if int64(len(u.sums)+1)*u.size == c.n {
			u.sums = append(u.sums, c.sum)
		}
	}
	if len(c.sums) < len(c.ends) && c.ends[len(c.sums)] == c.n {
		c.sums = append(c.sums, c.sum)
	}
}

// at returns the checksum of the first n bytes.
func (c *Prefixes) at(n int64) (uint32, bool) {
	switch n {
	case 0:
		return 0, true
	case c.n:
		return c.sum, true
	}
	for i := range c.units {
		u := &c.units[i]
		if k := n / u.size; n%u.size == 0 && k <= int64(len(u.sums)) {
			return u.sums[k-1], true
		}
	}
	if i, ok := slices.BinarySearch(c.ends, n); ok && i < len(c.sums) {
		return c.sums[i], true
	}
	return 0, false
}

// Composite returns the checksum of the big-endian checksums of consecutive parts, the first of which begins at 0. It
// returns false if the checksum at one of their ends is unknown.
func (c *Prefixes) Composite(parts int, end func(i int) int64) (composite uint32, ok bool) {
	var off, size int64
	var prefix, factor uint32
	for i := range parts {
		to := end(i)
		sum, ok := c.at(to)
		if !ok || to < off {
			return 0, false
		}
		if to-off != size {
			size = to - off
			factor = c.poly.shift(size)
		}
		part := c.poly.multiply(factor, prefix) ^ sum
		composite = crc32.Update(composite, c.table, []byte{byte(part >> 24), byte(part >> 16), byte(part >> 8), byte(part)})
		off, prefix = to, sum
	}
	return composite, true
}
