//go:build race

package faults_test

import "time"

// The race detector takes ten times the CPU.
const (
	defaultTrials = 150
	workers       = 32
	held          = 6 * time.Second
)
