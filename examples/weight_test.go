package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var weightRow = regexp.MustCompile("(?m)^\\| (?:the one above|with `(wrapper/\\w+)`).* \\| (\\d+) \\| ([\\d.]+) MB \\|$")

// README states the weight of its program, alone and with each provider. With CI=true, each of them is linked.
func TestReadmeStatesTheWeight(t *testing.T) {
	if testing.Short() {
		t.Skip("links a program")
	}
	t.Parallel()
	program, dir := readmeProgram(t), t.TempDir()
	rows := weightRow.FindAllStringSubmatch(documents(t)["README.md"], -1)
	require.Len(t, rows, 4)
	for i, row := range rows {
		source := program
		if row[1] != "" {
			source = strings.Replace(source, "import (", "import (\n\t_ \"github.com/go-downloadview/downloadview/"+row[1]+"\"", 1)
		}
		name := filepath.Join(dir, strconv.Itoa(i), "main.go")
		require.NoError(t, os.Mkdir(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(source), 0o600))

		stated, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		list := goCommand(t, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", name)
		assert.InEpsilon(t, stated, strings.Count(list, "\n"), 0.05, "packages: %s", row[0])

		if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" || i > 0 && os.Getenv("CI") != "true" {
			continue // linking the clouds' SDKs takes a minute
		}
		binary := filepath.Join(filepath.Dir(name), "program")
		goCommand(t, "build", "-o", binary, name)
		built, err := os.Stat(binary)
		require.NoError(t, err)
		megabytes, err := strconv.ParseFloat(row[3], 64)
		require.NoError(t, err)
		assert.InEpsilon(t, megabytes, float64(built.Size())/1e6, 0.1, "binary: %s", row[0])
	}
}

// readmeProgram is the program of the README, which the readme test compares with the compiled one.
func readmeProgram(t *testing.T) string {
	t.Helper()
	for _, m := range shown.FindAllStringSubmatch(documents(t)["README.md"], -1) {
		if strings.HasPrefix(m[1], "package main\n") {
			return m[1]
		}
	}
	require.Fail(t, "README has no program")
	return ""
}

// goCommand runs the go command in the module, and returns its output.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = ".."
	var errors strings.Builder
	command.Stderr = &errors
	output, err := command.Output()
	require.NoError(t, err, errors.String())
	return string(output)
}
