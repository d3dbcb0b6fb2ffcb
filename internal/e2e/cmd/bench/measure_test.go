package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain turns the test program into the server of a subject, as main does.
func TestMain(m *testing.M) {
	if subject := os.Getenv(subjectVar); subject != "" {
		exit(serveSubject(subject))
	}
	goleak.VerifyTestMain(m)
}

// shrink makes a workload as small as it can be.
func shrink(w *workload) {
	w.rounds, w.requests, w.clients, w.members = 1, min(w.requests, 2), min(w.clients, 3), min(w.members, 5)
	w.hold = min(w.hold, 10*time.Millisecond)
	if w.object.size > 10*mib {
		w.object = sized(10 * mib)
	}
}

// Each subject answers each workload correctly and has a figure.
func TestMeasureEachWorkload(t *testing.T) {
	t.Parallel()
	r, err := measure(t.Context(), options{shrink: shrink})
	require.NoError(t, err)
	for i := range r.Rows {
		row := &r.Rows[i]
		assert.Empty(t, row.Wrong, "%s, %s", row.Workload, row.Subject)
		assert.Len(t, row.Rounds, 1, "%s, %s", row.Workload, row.Subject)
	}
	for _, w := range workloads() {
		for _, subject := range w.subjects {
			if p := programs[subject]; p != nil {
				if _, err := p.path(); err != nil {
					continue // not installed
				}
			}
			assert.NotNil(t, r.find(w.name, subject), "%s, %s", w.name, subject)
		}
	}
	assert.NotEmpty(t, r.Machine.Kernel)
	assert.NotEmpty(t, r.Machine.Versions)
	for _, process := range children(t) {
		assert.NotContains(t, process, "bench", "a process is left")
	}
}

// children returns the programs of this process's children.
func children(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pid := range tree(os.Getpid())[1:] {
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err == nil {
			names = append(names, strings.TrimSpace(string(name)))
		}
	}
	return names
}

func TestQuickRunIsSmaller(t *testing.T) {
	t.Parallel()
	full, err := (&options{}).choose()
	require.NoError(t, err)
	quick, err := (&options{quick: true}).choose()
	require.NoError(t, err)
	assert.Greater(t, len(full), len(quick))
	for _, w := range quick {
		assert.LessOrEqual(t, w.rounds, quickRounds, w.name)
		assert.LessOrEqual(t, w.clients, fewClients, w.name)
		assert.False(t, w.full, w.name)
	}
	few, err := (&options{only: "^Local files: 1 KiB$"}).choose()
	require.NoError(t, err)
	assert.Len(t, few, 1)
	_, err = (&options{only: "("}).choose()
	assert.ErrorContains(t, err, "-only: ")
}

// A canceled run ends with an error.
func TestMeasureEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := measure(ctx, options{only: "^Local files: 1 KiB$", shrink: shrink})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestWrongAnswersHaveNoFigures(t *testing.T) {
	t.Parallel()
	with := func(subjects ...string) (*result, error) {
		return measure(t.Context(), options{only: "^Local files: 1 KiB$", shrink: func(w *workload) {
			shrink(w)
			w.subjects = subjects
		}})
	}
	r, err := with("http.ServeFile", "empty handler")
	require.NoError(t, err)
	assert.Equal(t, errWrongBytes.Error(), r.Rows[1].Wrong)
	assert.Empty(t, r.Rows[1].Rounds)
	_, err = with("empty handler", "http.ServeFile")
	assert.EqualError(t, err, "1 KiB: empty handler: wrong bytes", "the reference of the ratios")
}
