package examples_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each program has a test, the command that runs it in its comment, and a row in the index.
func TestEveryProgramIsListedAndTested(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var programs []string
	for _, pattern := range []string{"*/main.go", "*/*/main.go"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		programs = append(programs, found...)
	}
	require.GreaterOrEqual(t, len(programs), 16)
	for _, file := range programs {
		dir := filepath.ToSlash(filepath.Dir(file))
		assert.Contains(t, string(index), "]("+dir, "%s is not in README.md", dir)
		tests, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		require.NoError(t, err)
		assert.NotEmpty(t, tests, dir)

		if dir == "gateway" {
			continue // an installed program: its comment has the flags, and docs/gateway.md the commands
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		require.NoError(t, err)
		command := "go run ./examples/" + dir
		if nested, ok := strings.CutPrefix(dir, "more/"); ok {
			command = "cd examples/more && go run ./" + nested
		}
		assert.Contains(t, parsed.Doc.Text(), command, file)
	}
}
