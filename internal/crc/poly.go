// Package crc combines CRC-32 values: it computes the checksum of a part of a stream from the checksums of two prefixes.
//
// The update of a CRC is linear over GF(2). The checksum of A followed by B is the checksum of A, multiplied by x to the
// power of the bits of B, plus the checksum of B. The initial and the final inversion of CRC-32 cancel out.
package crc

import (
	"hash/crc32"
	"math/bits"
)

// Poly is a reversed polynomial of degree 32, such as crc32.IEEE.
type Poly uint32

// The polynomials of storages.
const (
	IEEE       Poly = crc32.IEEE
	Castagnoli Poly = crc32.Castagnoli
)

// one is the polynomial 1: the coefficient of x^0 is the highest bit.
const one = 1 << 31

// Combine returns the checksum of A followed by B, given the checksums of A and B and the length of B in bytes.
func (p Poly) Combine(a, b uint32, lenB int64) uint32 { return p.multiply(p.shift(lenB), a) ^ b }

// shift returns x^(8n) modulo p, the factor by which n further bytes multiply a checksum.
func (p Poly) shift(n int64) uint32 {
	result, square := uint32(one), uint32(one>>8) // x^8
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = p.multiply(square, result)
		}
		square = p.multiply(square, square)
	}
	return result
}

// multiply returns a times b modulo p.
func (p Poly) multiply(a, b uint32) (product uint32) {
	for a != 0 {
		top := bits.LeadingZeros32(a) // the lowest power in a
		for range top {
			b = b>>1 ^ uint32(p)&-(b&1)
		}
		product ^= b
		a <<= top
		a &^= one
	}
	return product
}
