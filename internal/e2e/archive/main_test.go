// Package archive_test unpacks archives with the programs that users have, and resumes them with curl.
package archive_test

import (
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/wrapper"
)

var (
	resumeFlag = flag.Int64("resume", 200<<20, "bytes of the archives that are resumed")
	largeFlag  = flag.Bool("large", false, "read members beyond 4 GiB with every program")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// save writes an archive to a file.
func save(t *testing.T, f *wrapper.File) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), f.Base())
	out, err := os.Create(path)
	require.NoError(t, err)
	defer out.Close()
	content := f.Reader(t.Context())
	defer content.Close()
	_, err = io.Copy(out, content)
	require.NoError(t, err)
	return path
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// program returns the path of a program. A machine without Java is accepted with CI=true too: its package has 200 MB.
func program(t *testing.T, name, debian string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil && name == "java" {
		t.Skip("java not installed (package " + debian + ")")
	}
	return installed.Program(t, name, debian)
}
