package storagetest

import (
	"testing"
	"time"
)

// ClauseNames returns the names of all clauses of TestFile and TestSource.
func ClauseNames() []string {
	var names []string
	for _, c := range concat(missingClauses, fileClauses, sourceClauses) {
		names = append(names, c.name)
	}
	return names
}

// LimitClauses sets the time limit of a clause until the test ends. It is not for parallel tests.
func LimitClauses(t *testing.T, d time.Duration) {
	old := clauseLimit
	clauseLimit = d
	t.Cleanup(func() { clauseLimit = old })
}
