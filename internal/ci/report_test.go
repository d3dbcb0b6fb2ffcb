package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	t.Parallel()
	in, err := os.Open("testdata/events.json")
	require.NoError(t, err)
	defer in.Close()
	var r report
	var out strings.Builder
	require.NoError(t, r.read(&out, in))

	golden, err := os.ReadFile("testdata/events.txt")
	require.NoError(t, err)
	assert.Equal(t, string(golden), out.String())
	assert.Equal(t, `skipped: 2
    1  nginx not installed (package nginx-light): TestProxy/edge
    1  no reason given: TestMute`, r.skips())
}
