package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// check returns the findings of a file of this name and content.
func check(t *testing.T, name, content string) []finding {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	found, err := checkTree(path)
	require.NoError(t, err)
	return found
}

func rulesOf(t *testing.T, name, content string) (names []string) {
	t.Helper()
	for _, f := range check(t, name, content) {
		names = append(names, f.rule)
	}
	return names
}

func linesOf(t *testing.T, name, content string) (at []string) {
	t.Helper()
	for _, f := range check(t, name, content) {
		at = append(at, strconv.Itoa(f.line)+" "+f.rule)
	}
	return at
}

func TestSkippedFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.md", "CHANGELOG.md", "LICENSE", "testdata/b.md", ".cache/c.md", "sub/d.md", "sub/e.txt"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("It tells.\n"), 0o600))
	}
	found, err := checkTree(dir)
	require.NoError(t, err)
	var files []string
	for _, f := range found {
		name, err := filepath.Rel(dir, f.file)
		require.NoError(t, err)
		files = append(files, filepath.ToSlash(name))
	}
	assert.Equal(t, []string{"a.md", "sub/d.md"}, files)
}

func TestAbsentPathFails(t *testing.T) {
	t.Parallel()
	_, err := checkTree(filepath.Join(t.TempDir(), "absent"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
