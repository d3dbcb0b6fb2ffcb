package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// result holds the measurements of a run.
type result struct {
	Quick      bool
	Go         string
	CPUs       int
	Congestion string // the congestion control of TCP
	Rounds     int
	Rows       []row
	Missing    []string // subjects that were not measured
}

// row is one subject under one workload.
type row struct {
	Workload, Subject string
	CPU               float64   // median, in µs a request
	Rounds            []float64 // µs a request
	Ratio             float64   // median of the ratios of the rounds to the first subject
	Wrong             string    // the reason why the subject is not in the table
}

// missing are subjects that a run does not have.
var missing = []string{"nginx", "Caddy", "rclone", "PocketBase", "sendfile loop", "splice relay"}

func measure(ctx context.Context, o options) (*result, error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	if o.profiles != "" {
		if err := os.MkdirAll(o.profiles, 0o755); err != nil {
			return nil, fmt.Errorf("-profile: %w", err)
		}
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeContent(dir, o.quick); err != nil {
		return nil, err
	}
	store, err := start(ctx, storeSubject, storage{dir: dir}, "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.stop() }()
	r := &result{Quick: o.quick, Go: runtime.Version(), CPUs: runtime.NumCPU(), Congestion: congestion(), Rounds: 21, Missing: missing}
	if o.quick {
		r.Rounds = 15
	}
	running := map[string]*process{}
	defer func() {
		for _, p := range running {
			_ = p.stop()
		}
	}()
	for _, w := range workloads() {
		if w.full && o.quick || !only.MatchString(w.Name) {
			continue
		}
		for _, name := range w.subjects {
			if running[name] == nil {
				if running[name], err = start(ctx, name, storage{dir: dir, endpoint: "http://" + store.addr}, o.profiles); err != nil {
					delete(running, name)
					return nil, err
				}
			}
		}
		rows, err := r.compare(ctx, &w, running)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Name, err)
		}
		r.Rows = append(r.Rows, rows...)
	}
	return r, nil
}

// compare measures the subjects of a workload in alternating order.
func (r *result) compare(ctx context.Context, w *workload, running map[string]*process) ([]row, error) {
	rows := make([]row, len(w.subjects))
	for i, name := range w.subjects {
		rows[i] = row{Workload: w.Name, Subject: name}
		err := w.check(ctx, running[name].addr)
		if err == nil {
			err = w.download(running[name].addr, max(1, w.requests/10))
		}
		if err != nil {
			rows[i].Wrong = err.Error()
		}
	}
	n := w.requests
	if r.Quick {
		n = max(1, n/2)
	}
	for round := range r.Rounds {
		indices := make([]int, len(rows))
		for i := range indices {
			indices[i] = i
		}
		if round%2 == 1 {
			slices.Reverse(indices)
		}
		for _, i := range indices {
			if rows[i].Wrong != "" {
				continue
			}
			us, err := cost(w, running[rows[i].Subject], n)
			if err != nil {
				rows[i].Wrong = err.Error()
				continue
			}
			rows[i].Rounds = append(rows[i].Rounds, us)
		}
	}
	for i := range rows {
		rows[i].summarize(&rows[0])
	}
	if rows[0].Wrong != "" {
		return rows, errors.New(rows[0].Subject + ": " + rows[0].Wrong)
	}
	return rows, nil
}

// cost returns the CPU time of one request in µs.
func cost(w *workload, p *process, n int) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := w.download(p.addr, n); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return float64((after - before).Nanoseconds()) / 1e3 / float64(n), err
}

func (r *row) summarize(first *row) {
	if r.Wrong != "" || first.Wrong != "" {
		return
	}
	r.CPU = median(r.Rounds)
	ratios := make([]float64, len(r.Rounds))
	for i := range ratios {
		ratios[i] = r.Rounds[i] / first.Rounds[i]
	}
	r.Ratio = median(ratios)
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

func congestion() string {
	name, err := os.ReadFile("/proc/sys/net/ipv4/tcp_congestion_control")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(name))
}
