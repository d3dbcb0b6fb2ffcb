package upstream_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

var update = flag.Bool("update", false, "write the tables of docs/errors-of-stores.md")

var tables = []struct {
	marker string
	rows   []upstream.Refusal
}{
	{"s3", upstream.S3Refusals}, {"gcs", upstream.GCSRefusals}, {"azure", upstream.AzureRefusals},
}

func TestRefusalsAreDocumented(t *testing.T) {
	t.Parallel()
	const path = "../../docs/errors-of-stores.md"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	want := string(text)
	for _, table := range tables {
		begin, end := "<!-- "+table.marker+" -->\n", "<!-- end of "+table.marker+" -->\n"
		head, rest, ok := strings.Cut(want, begin)
		_, tail, ok2 := strings.Cut(rest, end)
		require.True(t, ok && ok2, table.marker)
		want = head + begin + markdown(table.rows) + end + tail
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "run go test ./internal/upstream -run Documented -update")
}

// markdown returns the table of a provider. Codes with the same treatment share a row.
func markdown(rows []upstream.Refusal) string {
	type treatment struct {
		kind   *upstream.Kind
		advice string
	}
	var order []treatment
	codes := map[treatment][]string{}
	for _, r := range rows {
		if r.Kind == upstream.Evaluated {
			continue
		}
		key := treatment{r.Kind, r.Advice}
		if codes[key] == nil {
			order = append(order, key)
		}
		codes[key] = append(codes[key], "`"+r.Code+"`")
	}
	var b strings.Builder
	b.WriteString("| code | cause | client | retried | log | what to do |\n|---|---|---|---|---|---|\n")
	for _, k := range order {
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s |\n",
			strings.Join(codes[k], ", "), k.kind.Text, k.kind.Status, yes(k.kind.Retry), level(k.kind), k.advice)
	}
	return b.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func level(k *upstream.Kind) string {
	s := strings.ToLower(k.Level.String())
	if k.Limit {
		s += ", once a minute"
	}
	return s
}

func TestEachCodeHasOneRow(t *testing.T) {
	t.Parallel()
	for _, table := range tables {
		seen := map[string]bool{}
		for _, r := range table.rows {
			assert.False(t, seen[r.Code], "%s %s", table.marker, r.Code)
			seen[r.Code] = true
			require.NotNil(t, r.Kind)
			if r.Kind.Limit && r.Kind.Level == slog.LevelError && r.Kind.Status == http.StatusForbidden {
				assert.NotEmpty(t, r.Advice, "%s %s: the operator must act", table.marker, r.Code)
			}
		}
	}
}
