package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDocumentIsGeneratedFromTheResult(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("performance.json")
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal(data, &r))
	doc, err := os.ReadFile("../../../../docs/performance.md")
	require.NoError(t, err)
	assert.Equal(t, r.document(), string(doc), "run make bench or make bench-quick")
	assert.NotEmpty(t, r.Rows)
}

func TestSubjectOfAWrongAnswerLeavesTheTable(t *testing.T) {
	t.Parallel()
	r := result{Rows: []row{
		{Workload: "local 1KiB", Subject: "http.ServeFile", CPU: 10, Ratio: 1, Rounds: []float64{9, 10, 12}},
		{Workload: "local 1KiB", Subject: "file://", CPU: 20, Ratio: 2, Rounds: []float64{20}},
		{Workload: "local 1KiB", Subject: "http.FileServerFS", Wrong: "status 404"},
	}}
	doc := r.document()
	assert.Contains(t, doc, "| local 1KiB | http.ServeFile | 10.0 | 9.0 - 12.0 | 1.00 |  |\n")
	assert.Contains(t, doc, "| local 1KiB | http.FileServerFS | wrong: status 404 | | | |\n")
	assert.Contains(t, doc, "- local 1KiB, file://: 2.00, wanted 1.25\n")
}
