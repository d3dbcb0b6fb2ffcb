package arch_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPackageCommentsNameEveryType lists the exported types that the comment of their public package leaves out: a reader
// of the list of names finds the place of each there.
func TestPackageCommentsNameEveryType(t *testing.T) {
	t.Parallel()
	tree, err := scan(os.DirFS(root))
	require.NoError(t, err)
	comments := map[string]string{}
	for _, f := range tree.files {
		if !f.test && isPublic(f.dir) && f.Doc != nil {
			comments[f.dir] += f.Doc.Text()
		}
	}
	types := tree.publicTypes()
	require.NotEmpty(t, types)
	for _, name := range types {
		dir, typ, _ := strings.Cut(name, ".")
		named := regexp.MustCompile(`\b` + typ + `\b`)
		assert.True(t, named.MatchString(comments[dir]), "%s: the package comment of %s does not name it", typ, dir)
	}
}
