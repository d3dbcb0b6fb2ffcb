//go:build !race

package load_test

// memoryBound is the most memory of a thousand stalled readers, in bytes.
const memoryBound = 80e6
