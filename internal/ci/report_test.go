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
	assert.Equal(t, "skipped: 2 (TestMute: no reason given, TestProxy/edge: nginx not installed (package nginx-light))", r.skips())
}

func TestReportWithoutSkips(t *testing.T) {
	t.Parallel()
	var r report
	require.NoError(t, r.read(&strings.Builder{}, strings.NewReader("")))
	assert.Equal(t, "skipped: 0", r.skips())
}
