package plan_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// now and modified are the clock and the file's date of all tables.
var (
	now      = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	modified = time.Date(2024, 1, 6, 10, 20, 30, 500, time.UTC)
)

// describe formats a decision as its status and the first and last position of each window: "206 0-4 9-9".
func describe(d plan.Decision) string {
	var b strings.Builder
	fmt.Fprint(&b, d.Status)
	for i := range d.Len() {
		w := d.At(i)
		fmt.Fprintf(&b, " %d-%d", w.Off, w.Off+w.N-1)
	}
	return b.String()
}

// TestConformance evaluates requests from the suites of other servers. Each has the response that the RFC requires.
func TestConformance(t *testing.T) {
	t.Parallel()
	var table struct {
		ETag          string
		Modified, Now time.Time
		Cases         []struct {
			ID   string
			Size int64
			ETag string
			plan.Request
			Want string
		}
	}
	data, err := os.ReadFile("testdata/conformance.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &table))
	require.NotEmpty(t, table.Cases)

	for _, c := range table.Cases {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			facts := plan.Facts{Size: c.Size, ETag: c.ETag, ModTime: table.Modified, Now: table.Now}
			if facts.ETag == "" {
				facts.ETag = table.ETag
			}
			assert.Equal(t, c.Want, describe(plan.Decide(&c.Request, &facts)))
		})
	}
}
