package faults_test

import "math/rand/v2"

// dice draws every random choice of a trial.
type dice struct{ *rand.Rand }

func newDice(seed, n uint64) dice { return dice{rand.New(rand.NewPCG(seed, n))} }

// fork returns dice for a part of a trial, so that the part draws the same values at any time.
func (d dice) fork() dice { return newDice(d.Uint64(), d.Uint64()) }

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between returns a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

func pick[T any](d dice, all ...T) T { return all[d.IntN(len(all))] }

// pool is the content of all objects: a version is a window of it.
var pool = func() []byte {
	d := newDice(42, 42)
	b := make([]byte, 12<<20)
	for i := 0; i < len(b); i += 8 {
		v := d.Uint64()
		for j := range 8 {
			b[i+j] = byte(v >> (8 * j))
		}
	}
	return b
}()

// content returns n random bytes.
func (d dice) content(n int) []byte {
	off := d.IntN(len(pool) - n)
	return pool[off : off+n : off+n]
}
