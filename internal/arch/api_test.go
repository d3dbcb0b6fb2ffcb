package arch_test

import (
	"flag"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const apiFile = "testdata/api.txt"

var update = flag.Bool("update", false, "write "+apiFile)

// TestAPI compares the exported names of the public packages with a file. A change of the API is a change
// of that file, which a reviewer reads.
func TestAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the public packages")
	}
	t.Parallel()
	var lines []string
	for _, pkg := range publicPackages(t) {
		name := strings.TrimPrefix(pkg.Path(), module)
		for _, line := range apiLines(pkg) {
			lines = append(lines, name+", "+line+"\n")
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	if *update {
		require.NoError(t, os.WriteFile(apiFile, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(apiFile)
	require.NoError(t, err)
	if added, removed := changes(string(want), got); len(added)+len(removed) > 0 {
		assert.Fail(t, "the API is not that of "+apiFile+"; run: go test ./internal/arch -update",
			"+%s\n-%s", strings.Join(added, "\n+"), strings.Join(removed, "\n-"))
	}
	assert.NotEmpty(t, lines)
}

// changes returns the lines of got that are not in want, and the reverse.
func changes(want, got string) (added, removed []string) {
	before, after := strings.Split(want, "\n"), strings.Split(got, "\n")
	missing := func(in []string) func(string) bool {
		return func(line string) bool { return slices.Contains(in, line) }
	}
	return slices.DeleteFunc(slices.Clone(after), missing(before)), slices.DeleteFunc(slices.Clone(before), missing(after))
}

// publicPackages returns the types of every package that a program of another module may import.
func publicPackages(t *testing.T) (pkgs []*types.Package) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-f", "{{.Name}}\t{{.ImportPath}}\t{{.Export}}", "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	exports := map[string]string{}
	var paths []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue // nothing but tests
		}
		exports[fields[1]] = fields[2]
		if fields[0] != "main" && isPublic(strings.TrimPrefix(fields[1], module)) {
			paths = append(paths, fields[1])
		}
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	for _, path := range paths {
		pkg, err := imports.Import(path)
		require.NoError(t, err)
		pkgs = append(pkgs, pkg)
	}
	return pkgs
}

// isPublic reports whether a directory holds a package for other modules.
func isPublic(dir string) bool {
	return dir != "" && !withinAny(dir, []string{"internal", "examples", "docs"}) && !strings.Contains(dir, "/internal")
}
