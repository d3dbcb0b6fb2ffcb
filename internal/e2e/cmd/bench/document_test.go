package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const docs = "../../../../docs/"

func TestDocumentIsGeneratedFromTheResult(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("performance.json")
	require.NoError(t, err)
	r, err := readResult("performance.json")
	require.NoError(t, err)
	doc, err := os.ReadFile(docs + "performance.md")
	require.NoError(t, err)
	assert.Equal(t, r.document(), string(doc), "run make bench or make bench-quick")
	assert.Less(t, strings.Count(string(doc), "\n"), 300, "lines")
	assert.NotEmpty(t, r.Rows)
	again, err := r.encode()
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	for i := range charted {
		g := &charted[i]
		want, err := r.chart(g)
		require.NoError(t, err)
		got, err := os.ReadFile(docs + "performance-" + g.file + ".svg")
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "run make bench or make bench-quick")
		assert.Less(t, len(got), 60<<10)
		assert.Contains(t, string(doc), "](performance-"+g.file+".svg)")
	}
}

// sample has rows of each kind of table.
func sample() *result {
	return &result{
		Machine: machine{CPU: "a CPU", CPUs: 2, Kernel: "6.1", Congestion: "reno", Go: "go1.26", Load: 0.2, Versions: []string{"nginx 1.22"}},
		Missing: []string{"rclone (large)"},
		Rows: []row{
			{Group: localGroup, Workload: "1 KiB", Subject: "http.ServeFile", Unit: microseconds, Rounds: []float64{9, 10, 12}},
			{Group: localGroup, Workload: "1 KiB", Subject: "http.FileServerFS", Unit: microseconds, Wrong: "status 404"},
			{Group: localGroup, Workload: "1 KiB", Subject: "file://", Unit: microseconds, Rounds: []float64{18, 22, 24}},
			{Group: localGroup, Workload: "64 KiB", Subject: "http.ServeFile", Unit: microseconds, Rounds: []float64{100}},
			{Group: localGroup, Workload: "64 KiB", Subject: "nginx", Unit: microseconds, Rounds: []float64{50}},
			{Group: localGroup, Workload: "64 KiB", Subject: "file://", Unit: microseconds, Rounds: []float64{105}},
			{Group: scaleGroup, Workload: "slow clients, S3", Subject: "GetObject, 32 KiB", Unit: kibibytes, Clients: 200, Rounds: []float64{140}},
			{Group: scaleGroup, Workload: "slow clients, S3", Subject: "s3://", Unit: kibibytes, Clients: 200, Rounds: []float64{70}},
			{Group: scaleGroup, Workload: "slow clients, S3", Subject: "splice relay", Unit: kibibytes, Clients: 200, Wrong: "status 500"},
			{Group: scaleGroup, Workload: "capped store, 256 MiB", Subject: "s3://", Unit: throughput, Rounds: []float64{139}},
		},
	}
}

func TestDocumentOfEachKindOfRow(t *testing.T) {
	t.Parallel()
	doc := sample().document()
	for _, line := range []string{
		"- a CPU, 2 CPUs, Linux 6.1, TCP congestion control reno, go1.26.",
		"- Versions: nginx 1.22.",
		"- The load average was 0.20 at the start.",
		"- Not measured: rclone (large).",
		"2 are missed, 2 are met, 56 have no figures in this run. The range is that of the rounds.",
		"- `1 KiB`: " + causes[0].text,
		"| 1 KiB | file:// | http.ServeFile | 2.00 | 2.00 - 2.20 | at most 1.25 | **no** |",
		"| 64 KiB | file:// | http.ServeFile | 1.05 | 1.05 - 1.05 | at most 1.1 | yes |",
		"| capped store, 256 MiB | s3:// |  | 139.00 MiB/s | 139.00 - 139.00 | at least 140 MiB/s | **no** |",
		"| slow clients, S3 | s3:// |  | 70.00 KiB | 70.00 - 70.00 | at most 72 KiB | yes |",
		"| µs CPU | http.ServeFile | http.FileServerFS | nginx | **file://** | spread |",
		"| 1 KiB | 10.0 | wrong: status 404 | | 22.0 (2.00) | ±15 % |",
		"| 64 KiB | 100 | | 50.0 (0.50) | 105 (1.05) | ±0 % |",
		"| slow clients, S3 (200) | **s3://** | 70.0 KiB | 70.0 - 70.0 | 0.50 |",
		"| slow clients, S3 (200) | splice relay | wrong: status 500 | | |",
	} {
		assert.Contains(t, doc, "\n"+line+"\n")
	}
}

func TestDocumentNamesALoadedMachine(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Machine.Load = 0.51
	assert.Contains(t, r.document(), "\n- **Other programs used the machine**: its load average was 0.51 at the start. Figures vary more.\n")
}

func TestChartIsDeterministic(t *testing.T) {
	t.Parallel()
	first, err := sample().chart(&charted[0])
	require.NoError(t, err)
	second, err := sample().chart(&charted[0])
	require.NoError(t, err)
	assert.Equal(t, string(first), string(second))
	assert.Contains(t, string(first), ">file://<")
	assert.Contains(t, string(first), ">64 KiB<")
}

// Each target is one of a workload, of its unit and of its subjects.
func TestTargetsHaveAWorkload(t *testing.T) {
	t.Parallel()
	subjectsOf := map[string][]string{}
	for _, w := range workloads() {
		assert.NotContains(t, subjectsOf, w.name, "workloads have names of their own")
		subjectsOf[w.name] = w.subjects
	}
	for _, c := range causes {
		for _, name := range c.workloads {
			assert.Contains(t, subjectsOf, name, "a cause")
		}
	}
	for _, target := range targets() {
		assert.Contains(t, subjectsOf[target.workload], target.subject, target.workload)
		assert.Contains(t, ours, target.subject)
		if target.of != "" {
			assert.Contains(t, subjectsOf[target.workload], target.of, target.workload)
		}
	}
}
