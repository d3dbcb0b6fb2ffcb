package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// run is a run in progress.
type run struct {
	result
	storage  storage
	profiles string
	cpus     cpuSet // of the measured servers
	running  map[settings]*process
}

func measure(ctx context.Context, o options) (*result, error) {
	all, err := o.choose()
	if err != nil {
		return nil, err
	}
	r := &run{
		result:   result{Quick: o.quick, Machine: thisMachine()},
		profiles: o.profiles, cpus: o.servers, running: map[settings]*process{},
	}
	r.Machine.Apart, r.Machine.Connections = o.servers != cpuSet{}, busyConnections
	absent := r.findPrograms(ctx)
	if r.storage.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(r.storage.dir)
	if err := writeContent(r.storage.dir, all); err != nil {
		return nil, err
	}
	store, err := start(ctx, settings{subject: storeSubject, storage: r.storage}) // on the CPUs of this process
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.stop() }()
	r.storage.endpoint = "http://" + store.addr
	defer r.stopAll()
	for i := range all {
		w := &all[i]
		if i > 0 && (w.group != all[i-1].group || w.protocol != all[i-1].protocol) {
			r.stopAll()
		}
		w.subjects = slices.DeleteFunc(slices.Clone(w.subjects), func(name string) bool { return slices.Contains(absent, name) })
		if err := r.compare(ctx, w); err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, cmp.Or(context.Cause(ctx), err))
		}
	}
	return &r.result, nil
}

// findPrograms records the versions of other programs, and returns those that are not installed.
func (r *run) findPrograms(ctx context.Context) (absent []string) {
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		version, err := programs[name].describe(ctx)
		if err != nil {
			absent = append(absent, name)
			r.Missing = append(r.Missing, name+" (not installed)")
			continue
		}
		if name, _, _ = strings.Cut(name, " "); !slices.Contains(r.Machine.Versions, name+" "+version) {
			r.Machine.Versions = append(r.Machine.Versions, name+" "+version)
		}
	}
	return absent
}

// trial returns a subject under a workload, with its server running.
func (r *run) trial(ctx context.Context, w *workload, name string) (*trial, error) {
	s := settings{subject: name, storage: r.storage, protocol: w.protocol, profiles: r.profiles, cpus: r.cpus}
	s.storage.bucket = w.bucket
	if r.running[s] == nil {
		p, err := start(ctx, s)
		if err != nil {
			return nil, err
		}
		r.running[s] = p
	}
	p := r.running[s]
	s.profiles = "" // another process would overwrite the file
	return &trial{
		workload: w, subject: name, p: p, dir: r.storage.dir,
		launch: func() (*process, error) { return start(ctx, s) },
	}, nil
}

func (r *run) stopAll() {
	for _, p := range r.running {
		_ = p.stop()
	}
	clear(r.running)
}

// compare measures the subjects of a workload in alternating order.
func (r *run) compare(ctx context.Context, w *workload) error {
	trials, rows := make([]*trial, len(w.subjects)), make([]row, len(w.subjects))
	order := make([]int, len(w.subjects))
	for i, name := range w.subjects {
		t, err := r.trial(ctx, w, name)
		if err != nil {
			return err
		}
		trials[i], rows[i], order[i] = t, row{Group: w.group, Workload: w.name, Subject: name, Unit: w.unit, Clients: w.clients}, i
		if err := t.prepare(ctx); err != nil {
			rows[i].Wrong = err.Error()
		}
	}
	figure := w.figure
	if figure == nil {
		figure = cost
	}
	for range w.rounds {
		for _, i := range order {
			if rows[i].Wrong != "" {
				continue
			}
			value, err := figure(ctx, trials[i])
			if err != nil {
				rows[i].Wrong, rows[i].Rounds = err.Error(), nil
				continue
			}
			rows[i].add(value)
		}
		slices.Reverse(order)
	}
	r.Rows = append(r.Rows, rows...)
	if rows[0].Wrong != "" {
		return errors.New(rows[0].Subject + ": " + rows[0].Wrong)
	}
	return ctx.Err()
}
