package crc_test

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/crc"
)

var polys = map[string]crc.Poly{"IEEE": crc.IEEE, "Castagnoli": crc.Castagnoli}

func sum(p crc.Poly, b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(uint32(p))) }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(b)
	return b
}

func TestCombineAgreesWithHashCRC32(t *testing.T) {
	t.Parallel()
	content := random(1 << 16)
	for name, p := range polys {
		for range 500 {
			end := rand.IntN(len(content) + 1)
			cut := rand.IntN(end + 1)
			a, b, ab := sum(p, content[:cut]), sum(p, content[cut:end]), sum(p, content[:end])
			require.Equal(t, ab, p.Combine(a, b, int64(end-cut)), "%s: %d of %d", name, cut, end)
		}
	}
}

// Content of exabytes has no reference: three windows of it have the same checksum in either order of combination.
func TestCombineIsAssociativeForLongContent(t *testing.T) {
	t.Parallel()
	for name, p := range polys {
		for range 500 {
			a, b, c := rand.Uint32(), rand.Uint32(), rand.Uint32()
			lenB, lenC := rand.Int64N(1<<61), rand.Int64N(1<<61)
			require.Equal(t, p.Combine(p.Combine(a, b, lenB), c, lenC), p.Combine(a, p.Combine(b, c, lenC), lenB+lenC), name)
		}
	}
}

// composite is the checksum of checksums, computed part by part.
func composite(p crc.Poly, content []byte, ends []int64) uint32 {
	var all []byte
	off := int64(0)
	for _, end := range ends {
		all = binary.BigEndian.AppendUint32(all, sum(p, content[off:end]))
		off = end
	}
	return sum(p, all)
}

func TestCompositeOfPartsThatEndAtKeptOffsets(t *testing.T) {
	t.Parallel()
	content := random(10_000)
	for name, p := range polys {
		c := crc.NewPrefixes(p, []int64{1 << 10, 1000}, []int64{7, 1001, 9999})
		for rest := content; len(rest) > 0; {
			n := min(len(rest), 1+rand.IntN(3000))
			written, err := c.Write(rest[:n])
			require.NoError(t, err)
			require.Equal(t, n, written)
			rest = rest[n:]
		}
		for _, ends := range [][]int64{
			{10_000},
			{1 << 10, 2 << 10, 10_000},
			{1000, 2000, 3000, 9 << 10, 10_000},
			{7, 1000, 1001, 1 << 10, 9999, 10_000},
		} {
			got, ok := c.Composite(len(ends), func(i int) int64 { return ends[i] })
			require.True(t, ok, "%s: %v", name, ends)
			assert.Equal(t, composite(p, content, ends), got, "%s: %v", name, ends)
		}
		for _, ends := range [][]int64{{8, 10_000}, {10_001}, {2000, 1000, 10_000}} {
			_, ok := c.Composite(len(ends), func(i int) int64 { return ends[i] })
			assert.False(t, ok, "%s: %v", name, ends)
		}
	}
}

func FuzzPrefixes(f *testing.F) {
	f.Add([]byte("some content in three parts"), uint8(3), uint8(5), uint8(17))
	f.Add([]byte{}, uint8(1), uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, content []byte, unit, first, second uint8) {
		size := int64(len(content))
		a, b := min(int64(first), size), min(max(int64(first), int64(second)), size)
		for name, p := range polys {
			c := crc.NewPrefixes(p, []int64{int64(unit) + 1}, []int64{a, b})
			if a == 0 || a == b {
				c = crc.NewPrefixes(p, []int64{1}, nil)
			}
			_, _ = c.Write(content[:size/2])
			_, _ = c.Write(content[size/2:])
			ends := []int64{a, b, size}
			got, ok := c.Composite(3, func(i int) int64 { return ends[i] })
			if !ok || got != composite(p, content, ends) {
				t.Fatalf("%s: composite of parts that end at %v: %x, %v; want %x", name, ends, got, ok, composite(p, content, ends))
			}
		}
	})
}

func BenchmarkPrefixes(b *testing.B) {
	block := random(256 << 10)
	b.Run("hash/crc32", func(b *testing.B) {
		b.SetBytes(64 << 20)
		for b.Loop() {
			h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
			for range 256 {
				_, _ = h.Write(block)
			}
		}
	})
	b.Run("with prefixes", func(b *testing.B) {
		b.SetBytes(64 << 20)
		for b.Loop() {
			c := crc.NewPrefixes(crc.Castagnoli, []int64{64 << 10, 1e6}, nil)
			for range 256 {
				_, _ = c.Write(block)
			}
		}
	})
}
