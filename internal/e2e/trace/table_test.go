package trace_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// row is a kind of response with the requests of each storage.
type row struct {
	name  string
	asked [][]string
}

// A page has a table between these lines.
const (
	begin = "<!-- cost: made of internal/e2e/trace by go test -update -->\n"
	end   = "<!-- /cost -->\n"
)

// table compares the table of a page with that of the traces.
func table(t *testing.T, page string, ways []column, rows []row, write func([]column, []row) string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	require.True(t, ok && ok2, "%s has no place for the table", page)
	want := before + begin + write(ways, rows) + end + after
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(text), "the table of %s is stale: write it by -update", page)
}

func head(ways []column) string {
	var names, line strings.Builder
	names.WriteString("| |")
	line.WriteString("|---|")
	for _, w := range ways {
		names.WriteString(" " + w.name + " |")
		line.WriteString("---|")
	}
	return names.String() + "\n" + line.String() + "\n"
}

// fullTable has a row for every kind of response, with its requests.
func fullTable(ways []column, rows []row) string {
	var b strings.Builder
	b.WriteString(head(ways))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s |", r.name)
		for i := range ways {
			cell := make([]string, 0, 4)
			for _, call := range r.asked[i] {
				call, status, _ := strings.Cut(ways[i].normal(call), " -> ")
				cell = append(cell, "`"+call+"` → "+status)
			}
			fmt.Fprintf(&b, " %d%s |", len(cell), detail(cell))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func detail(calls []string) string {
	if len(calls) == 0 {
		return ""
	}
	return ": " + strings.Join(calls, ", ")
}

// shortTable has the numbers of requests only. Responses with the same cost share a row.
func shortTable(ways []column, rows []row) string {
	var b strings.Builder
	b.WriteString(head(ways))
	var costs []string
	names := map[string][]string{}
	for _, r := range rows {
		var cost strings.Builder
		for i := range ways {
			fmt.Fprintf(&cost, " %d |", len(r.asked[i]))
		}
		if !slices.Contains(costs, cost.String()) {
			costs = append(costs, cost.String())
		}
		names[cost.String()] = append(names[cost.String()], r.name)
	}
	for _, cost := range costs {
		fmt.Fprintf(&b, "| %s |%s\n", strings.Join(names[cost], ", "), cost)
	}
	return b.String()
}
