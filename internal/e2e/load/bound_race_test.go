//go:build race

package load_test

// memoryBound leaves room for the race detector's own; the bound itself is held without it.
const memoryBound = 240e6
