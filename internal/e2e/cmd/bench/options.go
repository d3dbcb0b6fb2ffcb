package main

import (
	"fmt"
	"os"
	"regexp"
)

// options choose what a run measures.
type options struct {
	quick    bool
	only     string
	profiles string
	servers  cpuSet // of the measured servers
	read     string // a result to generate the document from

	// shrink changes a workload before it is measured. Tests use it.
	shrink func(*workload)
}

// The rounds of a run, and the share of its requests and clients.
const (
	fullRounds  = 21
	quickRounds = 7
	quickShare  = 2
	fewClients  = 200
)

// choose returns the workloads of a run.
func (o *options) choose() ([]workload, error) {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	if o.profiles != "" {
		if err := os.MkdirAll(o.profiles, 0o755); err != nil {
			return nil, fmt.Errorf("-profile: %w", err)
		}
	}
	var chosen []workload
	for _, w := range workloads() {
		if w.full && o.quick || !only.MatchString(w.group+": "+w.name) {
			continue
		}
		if w.rounds == 0 {
			w.rounds = fullRounds
		}
		if o.quick {
			w.rounds = min(w.rounds, quickRounds)
			w.requests = max(1, w.requests/quickShare)
			w.clients = min(w.clients, fewClients)
			w.hold /= quickShare
		}
		if o.shrink != nil {
			o.shrink(&w)
		}
		chosen = append(chosen, w)
	}
	return chosen, nil
}
