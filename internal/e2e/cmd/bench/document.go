package main

import (
	"fmt"
	"slices"
	"strings"
)

// ours are the subjects of this library.
var ours = []string{"wrapper.FS", "PathView", "file://", "mem://", "s3://", "redirect, s3://", "X-Accel, s3://", "X-Accel, file://"}

// targets are the highest wanted ratios of our subjects to the first subject of a workload.
var targets = map[string]float64{
	"local 1KiB/wrapper.FS": 1.05, "local 1KiB/PathView": 1.05, "local 1KiB/file://": 1.25,
	"local 64KiB/wrapper.FS": 1.10, "local 64KiB/PathView": 1.10, "local 64KiB/file://": 1.10,
	"local 10MiB/wrapper.FS": 1.05, "local 10MiB/PathView": 1.05, "local 10MiB/file://": 1.05,
	"S3 4KiB/s3://": 0.40, "S3 64KiB/s3://": 0.60, "S3 1MiB/s3://": 0.95, "S3 10MiB/s3://": 0.95,
	"memory 1KiB/mem://": 1, "memory 64KiB/mem://": 1, "memory 10MiB/mem://": 1,
	"X-Accel-Redirect/X-Accel, file://": 1.57,
}

// document returns docs/performance.md.
func (r *result) document() string {
	var b strings.Builder
	kind, command := "full", "make bench"
	if r.Quick {
		kind, command = "quick", "make bench-quick"
	}
	fmt.Fprintf(&b, `# Performance

This page is generated from `+"`internal/e2e/cmd/bench/performance.json`"+`, the result of a %s run. `+"`%s`"+` measures again.

- %s, %d CPUs, TCP congestion control %s. Medians of %d rounds in alternating order.
- CPU is the server process's, in µs a request. The client discards bodies in the kernel. The storage is another process.
- Each subject's status, length and bytes are checked. A subject that answers wrongly has no figures.
- Ratios compare one run on one machine. They are to the first subject of a workload. Figures of a loaded machine vary.
- Not measured: %s.

| workload | subject | CPU µs | from - to | ratio | wanted |
|---|---|---:|---:|---:|---:|
`, kind, command, r.Go, r.CPUs, r.Congestion, r.Rounds, strings.Join(r.Missing, ", "))
	var lost []string
	for i := range r.Rows {
		row := &r.Rows[i]
		name := row.Subject
		if slices.Contains(ours, name) {
			name = "**" + name + "**"
		}
		if row.Wrong != "" {
			fmt.Fprintf(&b, "| %s | %s | wrong: %s | | | |\n", row.Workload, name, row.Wrong)
			continue
		}
		wanted := ""
		if target := targets[row.Workload+"/"+row.Subject]; target > 0 {
			wanted = fmt.Sprintf("%.2f", target)
			if row.Ratio > target {
				lost = append(lost, fmt.Sprintf("- %s, %s: %.2f, wanted %.2f", row.Workload, row.Subject, row.Ratio, target))
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.1f - %.1f | %.2f | %s |\n", row.Workload, name, row.CPU,
			slices.Min(row.Rounds), slices.Max(row.Rounds), row.Ratio, wanted)
	}
	b.WriteString("\n## Where this library misses its target\n\n")
	if len(lost) == 0 {
		lost = []string{"- nowhere in this run"}
	}
	b.WriteString(strings.Join(lost, "\n") + "\n")
	return b.String()
}
