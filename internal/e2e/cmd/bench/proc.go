package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tree returns a process and its children.
func tree(pid int) []int {
	all, parent := []int{pid}, strconv.Itoa(pid)
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // ended
		}
		// The parent is the second field after the program's name, which is in parentheses.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) > 1 && fields[1] == parent {
			child, _ := strconv.Atoi(strings.Split(name, "/")[2])
			all = append(all, child)
		}
	}
	return all
}

// treeCPU returns the CPU time of a process and its children. The stat of a process counts hundredths of a second, the
// schedstat of its threads nanoseconds.
func treeCPU(pid int) (time.Duration, error) {
	var sum time.Duration
	for _, pid := range tree(pid) {
		names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				continue // a thread that ended
			}
			ns, _, _ := strings.Cut(string(text), " ")
			n, err := strconv.ParseInt(ns, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			sum += time.Duration(n)
		}
	}
	if sum == 0 {
		return 0, fmt.Errorf("process %d: no CPU time", pid)
	}
	return sum, nil
}

// treeResident returns the resident memory of a process and its children in bytes.
func treeResident(pid int) (int64, error) {
	var sum int64
	for _, pid := range tree(pid) {
		n, err := statusField(pid, "VmRSS:")
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// statusField returns a field of /proc/PID/status that is in kB, in bytes.
func statusField(pid int, name string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("process %d: no %s", pid, name)
}
