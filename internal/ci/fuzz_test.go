package main

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFuzzTargetRunsAgainAfterTheDeadlineOfTheEngine(t *testing.T) {
	t.Parallel()
	const (
		deadline = "--- FAIL: FuzzX (11.02s)\n    context deadline exceeded\nFAIL\n"
		finding  = "--- FAIL: FuzzX (3.02s)\n    --- FAIL: FuzzX (0.00s)\n    Failing input written to testdata/fuzz/FuzzX/1\n"
	)
	for _, tt := range []struct {
		name    string
		outputs []string // of the failed runs that precede a green one
		runs    int
		fails   bool
	}{
		{"green", nil, 1, false},
		{"deadline once", []string{deadline}, 2, false},
		{"deadline each time", []string{deadline, deadline, deadline}, 3, true},
		{"failing input", []string{finding}, 1, true},
		{"deadline with a failing input", []string{deadline + finding}, 1, true},
		{"build failure", []string{"FAIL x [build failed]\n"}, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			runs := 0
			err := fuzzTarget(func(out io.Writer) error {
				runs++
				if runs > len(tt.outputs) {
					return nil
				}
				_, _ = io.WriteString(out, tt.outputs[runs-1])
				return errors.New("exit status 1")
			})
			assert.Equal(t, tt.fails, err != nil)
			assert.Equal(t, tt.runs, runs)
		})
	}
}
