package faults_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/wrapper"
)

const limiterWait = time.Second

// TestFaults runs the trials of every mode, one mode after the other, so that each is followed by a count of what it
// left behind.
func TestFaults(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	for _, m := range modes() {
		if *modeFlag != "" && *modeFlag != m.name {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { assert.NoError(t, goleak.Find(before), "goroutines are left") }) // after all other cleanups
			all := runMode(t, m, seed)
			all.judge(t, seed)
		})
	}
}

// results are the trials of a mode.
type results struct {
	mode     *mode
	trials   []*trial
	outcomes map[string]int
}

func runMode(t *testing.T, m *mode, seed uint64) *results {
	t.Helper()
	m.tb = t
	e := startEnv(t, m, nil)
	numbers := []int{*trialFlag}
	if *trialFlag < 0 {
		numbers = nil
		for i := range *trialsFlag / max(1, m.share) {
			numbers = append(numbers, i)
		}
	}
	return runTrials(t, e, seed, numbers)
}

func runTrials(t *testing.T, e *env, seed uint64, numbers []int) *results {
	t.Helper()
	all := &results{mode: e.mode, trials: make([]*trial, len(numbers)), outcomes: map[string]int{}}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers/max(1, e.mode.heavy), len(numbers)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(numbers); i = int(next.Add(1)) - 1 {
				tr := newTrial(e, seed, numbers[i])
				tr.run()
				tr.end()
				all.trials[i] = tr
			}
		})
	}
	wg.Wait()
	assert.Eventually(t, func() bool { return e.origin.busy.Load() == 0 }, 6*held, 10*time.Millisecond, "connections in use at the storage")
	for _, tr := range all.trials {
		tr.leftovers()
		for k, n := range tr.outcomes {
			all.outcomes[k] += n
		}
	}
	return all
}

// leftovers reports readers and places of the limiter that were not released.
func (t *trial) leftovers() {
	s := &step{obj: t.objects[0]}
	if t.mem != nil {
		for _, e := range t.mem.tb.finish() {
			t.violate(s, "leak", e)
		}
	}
	if free := t.free(); free < t.places {
		t.violate(s, "leak", fmt.Sprintf("%d places of the limiter of %d are free", free, t.places))
	}
}

// free counts the places of the limiter that can be had, of bodies or of descriptions, where there are fewer.
func (t *trial) free() int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*limiterWait)
	defer cancel()
	f := wrapper.Bytes("place", []byte("x")).WithLimiter(t.limiter)
	var bodies []io.Closer
	for range t.places {
		if rc, err := f.Open(ctx, 0, 1); err == nil {
			bodies = append(bodies, rc)
		}
	}
	for _, rc := range bodies {
		_ = rc.Close()
	}
	src := &crowd{want: int64(t.places), full: make(chan struct{})}
	f = wrapper.New("place", src).WithLimiter(t.limiter)
	var stats atomic.Int64
	var wg sync.WaitGroup
	for range t.places {
		wg.Go(func() {
			if _, err := f.Stat(ctx); err == nil {
				stats.Add(1)
			}
		})
	}
	wg.Wait()
	return min(len(bodies), int(stats.Load()))
}

// crowd is a source that is described once as many descriptions as wanted are in flight.
type crowd struct {
	wrapper.Source
	want    int64
	arrived atomic.Int64
	full    chan struct{}
}

func (c *crowd) Stat(ctx context.Context) (wrapper.Info, error) {
	if c.arrived.Add(1) == c.want {
		close(c.full)
	}
	select {
	case <-c.full:
		return wrapper.Info{}, nil
	case <-ctx.Done():
		return wrapper.Info{}, ctx.Err()
	}
}

// judge fails the test for every violation.
func (r *results) judge(t *testing.T, seed uint64) {
	t.Helper()
	r.log(t)
	found := map[string]int{}
	for _, tr := range r.trials {
		for _, v := range tr.violations {
			found[v.class]++
			if found[v.class] <= 5 {
				t.Errorf("%s: %s (%s; %s; faults: %s)\ngo test ./faults -seed %d -mode %s -trial %d -v\n%s",
					v.class, v.detail, v.style, v.shape, strings.Join(v.faults, ", "), seed, r.mode.name, tr.number, tr.log.String())
			}
		}
	}
	for class, n := range found {
		t.Logf("%d violations of %s", n, class)
	}
	if *trialFlag >= 0 {
		t.Log("\n" + r.trials[0].log.String())
	}
}

func (r *results) log(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(r.outcomes)) {
		fmt.Fprintf(&b, "  %6d %s\n", r.outcomes[k], k)
	}
	t.Logf("%d trials of %s:\n%s", len(r.trials), r.mode.name, b.String())
}
