package threats_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// check returns the mistakes of a table. exists reports whether a test exists.
func check(rows []row, exists func(test string) bool) (wrong []string) {
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.id] {
			wrong = append(wrong, r.id+" is a duplicate")
		}
		seen[r.id] = true
		switch {
		case r.threat == "":
			wrong = append(wrong, r.id+" has no threat")
		case len(r.tests) == 0 && r.why == "":
			wrong = append(wrong, r.id+" has neither a test nor a reason")
		case len(r.tests) > 0 && r.why != "":
			wrong = append(wrong, r.id+" has a test and a reason to have none")
		}
		for _, test := range r.tests {
			if !exists(test) {
				wrong = append(wrong, fmt.Sprintf("%s names the test %s, which does not exist", r.id, test))
			}
		}
	}
	for family, numbers := range families {
		for _, n := range numbers {
			if id := fmt.Sprint(family, n); !seen[id] {
				wrong = append(wrong, id+" is missing")
			}
			delete(seen, fmt.Sprint(family, n))
		}
	}
	for id := range seen {
		wrong = append(wrong, id+" is an unknown id")
	}
	return wrong
}

// tests returns the names of all tests of the repository, including those of nested modules.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && path != root && (e.Name()[0] == '.' || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		dir, err := filepath.Rel(root, filepath.Dir(path))
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && regexp.MustCompile(`^(Test|Fuzz)[A-Z]`).MatchString(f.Name.Name) && len(f.Body.List) > 0 {
				found[filepath.ToSlash(dir)+"."+f.Name.Name] = true
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

func TestEveryThreatHasATestOrAReason(t *testing.T) {
	t.Parallel()
	found := tests(t)
	for _, wrong := range check(table, func(test string) bool { return found[test] }) {
		assert.Fail(t, wrong)
	}
}

// A check that never fails would hide a broken table.
func TestCheckFindsMistakes(t *testing.T) {
	t.Parallel()
	found := tests(t)
	exists := func(test string) bool { return found[test] }
	for name, tc := range map[string]struct {
		change func(rows []row) []row
		want   string
	}{
		"a row gone":       {func(rows []row) []row { return rows[1:] }, "RG1 is missing"},
		"an empty row":     {func(rows []row) []row { rows[0].tests = nil; return rows }, "RG1 has neither"},
		"a test gone":      {func(rows []row) []row { rows[0].tests = []string{here + "TestGone"}; return rows }, "does not exist"},
		"a helper":         {func(rows []row) []row { rows[0].tests = []string{here + "newBucketServer"}; return rows }, "does not exist"},
		"two of one":       {func(rows []row) []row { return append(rows, rows[0]) }, "RG1 is a duplicate"},
		"an unknown id":    {func(rows []row) []row { return append(rows, by("RG99", "x", here+"TestRanges")) }, "RG99 is an unknown id"},
		"both":             {func(rows []row) []row { rows[0].why = "x"; return rows }, "RG1 has a test and a reason"},
		"no threat":        {func(rows []row) []row { rows[0].threat = ""; return rows }, "RG1 has no threat"},
		"of another place": {func(rows []row) []row { rows[0].tests = []string{plan + "TestRanges"}; return rows }, "does not exist"},
	} {
		rows := tc.change(append([]row(nil), table...))
		assert.Contains(t, strings.Join(check(rows, exists), "\n"), tc.want, name)
	}
}

// SG2: signatures are compared with hmac.Equal only.
func TestSignaturesAreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "blobdownload", "token.go"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "hmac.Equal(t.mac, ")
	sources, err := filepath.Glob(filepath.Join(root, "blobdownload", "*.go"))
	require.NoError(t, err)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.NotRegexp(t, `(?i)bytes\.(Equal|Compare)\([^)]*(mac|sum|signature)|(\bmac|signature)\s*[!=]=\s`, string(text), name)
	}
}

// LD26: the check of every change runs all tests with the race detector.
func TestChecksRunWithTheRaceDetector(t *testing.T) {
	t.Parallel()
	found := false
	err := filepath.WalkDir(filepath.Join(root, "internal", "ci"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || strings.Contains(string(text), `"-race"`)
		return err
	})
	require.NoError(t, err)
	assert.True(t, found)
}
