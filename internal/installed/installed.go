// Package installed finds the programs and files that tests need and Go modules do not bring. A test that lacks one is
// skipped. With CI=true it fails, so that no check is left out unseen.
package installed

import (
	"os"
	"os/exec"
	"testing"
)

// Program returns the path of a program of a Debian package.
func Program(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name+" not installed (package "+debian+")")
	}
	return path
}

// Missing ends a test for which something is not installed.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s; with CI=true nothing may be missing", what)
		return
	}
	t.Skip(what)
}
