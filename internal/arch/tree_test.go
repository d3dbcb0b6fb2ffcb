package arch_test

import (
	"bytes"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTopLevelDirectories(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' {
			assert.Contains(t, directories, e.Name(), "a package is found by its place: the top of the tree is a closed list")
		}
	}
}

func TestFileSizes(t *testing.T) {
	t.Parallel()
	var sizes []int
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && name != "." && (e.Name()[0] == '.' || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		code, err := fs.ReadFile(os.DirFS(root), name)
		lines := bytes.Count(code, []byte("\n"))
		sizes = append(sizes, lines)
		assert.LessOrEqual(t, lines, maxLines, "%s has more than one idea: one idea a file, named after it", name)
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, sizes)
	slices.Sort(sizes)
	assert.LessOrEqual(t, sizes[len(sizes)/2], medianLines, "the median file is too long: one idea a file")
}
