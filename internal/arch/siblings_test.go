package arch_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// siblingHeading begins the part of a package comment that lists, as [Name], the exported names which exist
// for one other package of this module or for tests. Users need not read them.
const siblingHeading = "For sibling packages"

// TestSiblingNames fails if an exported name that serves one sibling package or tests only is not listed, or
// if a listed name serves others too.
func TestSiblingNames(t *testing.T) {
	t.Parallel()
	tree, err := scan(os.DirFS(root))
	require.NoError(t, err)
	for dir, pkg := range tree.packages {
		if !isPublic(dir) || len(pkg.exported) == 0 {
			continue
		}
		found := tree.siblingNames(dir)
		for name, why := range found {
			assert.Contains(t, pkg.listed, name, "%s.%s is %s: document it, unexport it, or list it as [%s] under \"# %s\" in the package comment",
				dir, name, why, name, siblingHeading)
		}
		for _, name := range pkg.listed {
			assert.Contains(t, found, name, "%s.%s is listed under %q and serves others too, or is gone", dir, name, siblingHeading)
		}
	}
}

// The rule fires on each kind of name, and on no name that has a reason.
func TestSiblingNamesAreFound(t *testing.T) {
	t.Parallel()
	tree, err := scan(os.DirFS("testdata/siblings"))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"Provider":         "used by wrapper/s3 only",
		"Tested":           "used by tests only",
		"DocumentedLonger": "used by tests only",
		"Alone":            "used by tests only",
		"Unused":           "used by tests only",
	}, tree.siblingNames("wrapper"))
	assert.Equal(t, []string{"Provider"}, tree.packages["wrapper"].listed)
}

// siblingNames returns the exported names of a package that nothing presents to users, each with its use.
// A name is presented by a document, a link in the package comment, an example, or the signature of another
// exported name.
func (t *tree) siblingNames(dir string) map[string]string {
	found := map[string]string{}
	for name := range t.packages[dir].exported {
		u := t.uses[qualified{dir, name}]
		switch {
		case u.presented || u.own:
		case len(u.siblings) == 1:
			found[name] = "used by " + u.siblings[0] + " only"
		case len(u.siblings) == 0 && !u.internal:
			found[name] = "used by tests only"
		}
	}
	return found
}
