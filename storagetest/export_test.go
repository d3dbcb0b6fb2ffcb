package storagetest

import (
	"testing"
	"time"
)

// ClauseNames are the names of every clause of the contract of a file or a source.
func ClauseNames() []string {
	var names []string
	for _, c := range concat(missingClauses, fileClauses, sourceClauses) {
		names = append(names, c.name)
	}
	return names
}

// LimitClauses makes a clause that hangs give up sooner. It is not for parallel tests.
func LimitClauses(t *testing.T, d time.Duration) {
	old := clauseLimit
	clauseLimit = d
	t.Cleanup(func() { clauseLimit = old })
}
