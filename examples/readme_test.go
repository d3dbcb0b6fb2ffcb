package examples_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program of the README is the one that is compiled here.
func TestReadmeShowsTheQuickstart(t *testing.T) {
	t.Parallel()
	program, err := os.ReadFile("quickstart/main.go")
	require.NoError(t, err)
	_, code, ok := strings.Cut(string(program), "// README: begin\n")
	require.True(t, ok)
	code, _, ok = strings.Cut(code, "// README: end\n")
	require.True(t, ok)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	assert.Contains(t, string(readme), "```go\npackage main\n\n"+strings.TrimSpace(code)+"\n```\n")
}
