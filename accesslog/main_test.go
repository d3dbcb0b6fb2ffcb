package accesslog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/accesslog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// read returns all records of a log, and the number of skipped lines.
func read(t testing.TB, text string, f accesslog.Format) (all []accesslog.Record, skipped int64) {
	t.Helper()
	log := accesslog.NewReader(strings.NewReader(text), f)
	for r, err := range log.Records() {
		require.NoError(t, err)
		all = append(all, r)
	}
	return all, log.Skipped()
}

// before returns the part of a line before a text in it.
func before(line, text string) string {
	part, _, ok := strings.Cut(line, text)
	if !ok {
		panic("no " + text)
	}
	return part
}

// replaced returns a line with replacements.
func replaced(line string, oldnew ...string) string {
	return strings.NewReplacer(oldnew...).Replace(line)
}
