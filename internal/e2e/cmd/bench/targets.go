package main

import (
	"fmt"
	"slices"
	"strings"
)

// target is the wanted figure of a subject of this library.
type target struct {
	workload, subject string
	of                string // the subject that the figure is divided by; "" is none
	limit             float64
	atLeast           bool // rather than at most
}

// targets are in the order of the workloads.
func targets() []target {
	all := []target{
		{"1 KiB", "wrapper.FS", "http.ServeFile", 1.05, false},
		{"1 KiB", "PathView", "http.ServeFile", 1.05, false},
		{"1 KiB", "file://", "http.ServeFile", 1.25, false},
		{"S3, 4 KiB", "s3://", "GetObject, 256 KiB", 0.40, false},
		{"S3, 64 KiB", "s3://", "GetObject, 256 KiB", 0.60, false},
		{"S3, 1 MiB", "s3://", "GetObject, 256 KiB", 0.95, false},
		{"S3, 10 MiB", "s3://", "GetObject, 256 KiB", 0.95, false},
		{"S3, 256 MiB", "s3://", "splice relay", 1.60, false},
		{"CRC-32, 256 MiB", "s3://", "GetObject, 32 KiB", 0.25, false},
		{"CRC-64/NVME, 256 MiB", "s3://", "GetObject, 32 KiB", 0.25, false},
		{"memory, 1 KiB", "mem://", "ServeContent, memblob", 1, false},
		{"memory, 64 KiB", "mem://", "ServeContent, memblob", 1, false},
		{"memory, 10 MiB", "mem://", "ServeContent, memblob", 1, false},
		{"X-Accel-Redirect", "X-Accel, file://", "X-Accel by hand", 1.57, false},
		{"slow clients, disk", "wrapper.FS", "", 33, false},
		{"slow clients, disk", "file://", "", 33, false},
		{"slow clients, S3", "s3://", "", 72, false},
		{"parallel clients", "wrapper.FS", "", 1.2, false},
		{"parallel clients", "file://", "", 1.2, false},
		{"parallel clients", "s3://", "", 1.2, false},
		{"capped store, 256 MiB", "s3://", "", 140, true},
		{"capped store, first byte", "s3://", "", 22, false},
		{"capped store, peak memory", "s3://", "", 64, false},
		{"zip of small objects", "archive.Zip", "", 2.5, false},
	}
	for _, subject := range []string{"wrapper.FS", "PathView", "file://"} {
		all = append(all,
			target{"64 KiB", subject, "http.ServeFile", 1.10, false},
			target{"10 MiB", subject, "http.ServeFile", 1.05, false},
			target{"1 GiB", subject, "http.ServeFile", 1.05, false},
		)
		for _, protocol := range []string{overTLS, overH2, overH2C} {
			all = append(all,
				target{protocol + ", 1 KiB", subject, "http.ServeFile", 1.25, false},
				target{protocol + ", 10 MiB", subject, "http.ServeFile", 1.10, false},
				target{protocol + ", 256 MiB", subject, "http.ServeFile", 1.10, false},
			)
		}
	}
	position := map[string]int{}
	for i, w := range workloads() {
		position[w.name] = i
	}
	slices.SortStableFunc(all, func(a, b target) int { return position[a.workload] - position[b.workload] })
	return all
}

// targetText counts the targets, lists the causes of missed ones and then all targets, the missed ones first.
func (r *result) targetText() string {
	var first, second []string
	absent, missed := 0, map[string]bool{}
	for _, t := range targets() {
		line, ok := r.targetLine(&t)
		switch {
		case line == "":
			absent++
		case ok:
			second = append(second, line)
		default:
			first = append(first, line)
			missed[t.workload] = true
		}
	}
	return fmt.Sprintf(`%d are missed, %d are met, %d have no figures in this run. The range is that of the rounds.
%s
| workload | subject | divided by | measured | from - to | wanted | met |
|---|---|---|---:|---:|---:|---|
%s`, len(first), len(second), absent, causesOf(missed), strings.Join(append(first, second...), ""))
}

// targetLine compares a target with the result. It is "" if the run has no figures for it.
func (r *result) targetLine(t *target) (line string, ok bool) {
	row := r.find(t.workload, t.subject)
	if row == nil {
		return "", false
	}
	values, unit, of := row.Rounds, " "+row.Unit, ""
	if t.of != "" {
		reference := r.find(t.workload, t.of)
		if reference == nil {
			return "", false
		}
		values, unit, of = row.against(reference), "", t.of
	}
	value := median(values)
	ok = value <= t.limit
	word, verdict := "at most", "yes"
	if t.atLeast {
		ok, word = value >= t.limit, "at least"
	}
	if !ok {
		verdict = "**no**"
	}
	return fmt.Sprintf("| %s | %s | %s | %.2f%s | %.2f - %.2f | %s %g%s | %s |\n", t.workload, t.subject, of, value, unit,
		slices.Min(values), slices.Max(values), word, t.limit, unit, verdict), ok
}
