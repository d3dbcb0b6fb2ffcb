//go:build !race

package load_test

// memoryBound is what a thousand stalled readers may hold, in bytes.
const memoryBound = 80e6
