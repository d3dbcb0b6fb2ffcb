// Package arch_test holds the rules of the tree and tests them on what the go command reports.
package arch_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.." // of the repository, where go test runs this

// listed is a package in the output of `go list -deps`, without its tests.
type listed struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("go list: %s", failed.Stderr)
	}
	require.NoError(t, err)
	var pkgs []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		}
		require.NoError(t, err)
		pkgs = append(pkgs, p)
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	pkgs := list(t)
	found := slices.ContainsFunc(pkgs, func(p listed) bool {
		return slices.Contains(core, strings.TrimPrefix(p.ImportPath, module))
	})
	require.True(t, found, "none of %v was found, so nothing was checked", core)
	for _, broken := range check(pkgs) {
		assert.Fail(t, broken)
	}
}

// A rule that never fires looks like a rule that is kept.
func TestRulesFire(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{"wrapper", module + "blobdownload", "may not import"},
		{"wrapper/s3", module + "wrapper/gcs", "may not import"},
		{"internal/plan", module + "wrapper", "may not import"},
		{"internal/threats", module + "blobdownload", "may not import"},
		{"internal/conformance/site", module + "proxy", "may not import"},
		{"storagetest/edge", module + "proxy", "may not import"},
		{"storagetest/servers", module + "wrapper", "may not import"},
		{"proxy", module + "storagetest", "may not import"},
		{"blobdownload", module + "proxy/cloudfront", "may not import"},
		{"blobdownload", "gocloud.dev/blob/s3blob", "cloud SDK"},
		{"wrapper", "between", "links"},
		{"proxy", "github.com/stretchr/testify/require", "only tests"},
		{"examples/gateway", module + "internal/e2e/s3server", "only tests"},
		{"internal/resume", module + "internal/plan", "standard library"},
		{"internal/resume", "golang.org/x/sync/singleflight", "standard library"},
		{"util", "fmt", "no rule"},
	} {
		broken := check([]listed{
			{module + tt.from, []string{tt.to}},
			{"between", []string{"github.com/aws/aws-sdk-go-v2/aws"}},
		})
		assert.Contains(t, strings.Join(broken, "\n"), tt.want, "%s imports %s", tt.from, tt.to)
	}
	for _, tt := range [][2]string{
		{"wrapper", module + "internal/plan"},
		{"wrapper", module + "internal/resume"},
		{"internal/resume", "math/rand/v2"},
		{"proxy", module + "wrapper"},
		{"wrapper/s3", "github.com/aws/aws-sdk-go-v2/aws"},
		{"storagetest/edge", module + "blobdownload"},
		{"storagetest/servers", "github.com/stretchr/testify/require"},
	} {
		assert.Empty(t, check([]listed{{module + tt[0], []string{tt[1]}}}), "%s imports %s", tt[0], tt[1])
	}
}
