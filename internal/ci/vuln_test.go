package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScan(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"clean", "exit 0", ""},
		{"reachable vulnerability", "exit 3", "vulnerable"},
		{"unreachable database", "echo 'govulncheck: fetching vulnerabilities: no such host' >&2; exit 1", ""},
		{"package that does not build", "echo 'govulncheck: loading packages' >&2; exit 1", "loading packages"},
		{"vulnerability in spite of a later fetch", "echo 'fetching vulnerabilities' >&2; exit 3", "vulnerable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CI", "true")
			bin := filepath.Join(t.TempDir(), "govulncheck")
			require.NoError(t, os.WriteFile(bin, []byte("#!/bin/sh\n"+tt.script+"\n"), 0o755))
			err := scan(t.Context(), ".", bin)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, tt.want)
		})
	}
}
