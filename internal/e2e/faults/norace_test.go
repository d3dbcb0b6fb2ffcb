//go:build !race

package faults_test

import "time"

const (
	defaultTrials = 2000

	// workers is the number of trials at a time: they wait most of the time.
	workers = 96

	// held is how long a storage holds a response before the trial counts it as one that the server waits for without a
	// limit. It is many times every timeout of the trial.
	held = 4 * time.Second
)
