//go:build race

package load_test

// memoryBound includes the memory of the race detector.
const memoryBound = 240e6
