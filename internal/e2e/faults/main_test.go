// Package faults_test serves random downloads from storages that fail at random, and judges every response.
//
// Each trial has fake storages with several versions of an object, a script of faults, and a few requests of a client.
// The oracle accepts three outcomes: the exact bytes of the version whose validator was sent, an HTTP error before the
// body, or a failed transfer. Every choice of trial K derives from rand.NewPCG(seed, K):
//
//	go test ./faults                                   # 2,000 trials a mode
//	go test ./faults -trials 50000
//	go test ./faults -seed 1 -mode cache -trial 17 -v  # one trial, with its log
package faults_test

import (
	"flag"
	"io"
	"log"
	"testing"

	"go.uber.org/goleak"
)

var (
	trialsFlag = flag.Int("trials", defaultTrials, "trials of each mode")
	seedFlag   = flag.Uint64("seed", defaultSeed, "seed of all trials; 0 chooses one at random")
	trialFlag  = flag.Int("trial", -1, "the number of the only trial to run")
	modeFlag   = flag.String("mode", "", "the only mode to run")
)

// defaultSeed makes the trials the same in each run.
const defaultSeed = 1

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // http.Transport reports every malformed response there
	goleak.VerifyTestMain(m)
}
