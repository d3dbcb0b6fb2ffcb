package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// skip is a test that was skipped, and its reason.
type skip struct{ test, reason string }

// source is the place that testing puts before a message.
var source = regexp.MustCompile(`^\s+[\w.-]+\.go:\d+: `)

// reason is the message that a skipped test ended with.
func reason(out []string) string {
	for _, line := range slices.Backward(out) {
		if at := source.FindString(line); at != "" {
			return strings.TrimSpace(line[len(at):])
		}
	}
	return "no reason given"
}

// skips ends a run: the number of skipped tests, then one line a reason. The most frequent reason comes first.
func (r *report) skips() string {
	tests := map[string][]string{} // by reason
	for _, s := range r.skipped {
		tests[s.reason] = append(tests[s.reason], s.test)
	}
	reasons := slices.SortedFunc(maps.Keys(tests), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(tests[b]), len(tests[a])), cmp.Compare(a, b))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "skipped: %d", len(r.skipped))
	for _, why := range reasons {
		slices.Sort(tests[why])
		fmt.Fprintf(&b, "\n%5d  %s: %s", len(tests[why]), why, strings.Join(tests[why], ", "))
	}
	return b.String()
}
