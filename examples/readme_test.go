package examples_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

var firstCommand = regexp.MustCompile(`(?m)^ {4}go run (-tags [a-z]+) (\./examples/\w+) `)

// The first command of the README links the SDK of no cloud, prints an address, and serves a file there.
func TestReadmeCommandServesAFile(t *testing.T) {
	if testing.Short() {
		t.Skip("links a program")
	}
	t.Parallel()
	m := firstCommand.FindStringSubmatch(documents(t)["README.md"])
	require.NotNil(t, m)
	tags := strings.Fields(m[1])
	linked := goCommand(t, append(append([]string{"list", "-deps"}, tags...), m[2])...)
	assert.NotRegexp(t, `(?m)^(github.com/aws/aws-sdk-go-v2/service|cloud.google.com|github.com/Azure)/`, linked)
	assert.Contains(t, goCommand(t, "list", "-deps", m[2]), "cloud.google.com/go/storage\n", "without the tag")

	binary := filepath.Join(t.TempDir(), "program")
	goCommand(t, append(append([]string{"build", "-o", binary}, tags...), m[2])...)
	server := exec.CommandContext(t.Context(), binary)
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(address + "/f/default/readme.txt")
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	want, err := os.ReadFile("gateway/sample/readme.txt")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(body))

	refused, err := exec.CommandContext(t.Context(), binary, "-bucket", "s3://docs").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(refused), `unknown scheme "s3"; want one of file, mem (s3, gs and azblob need a build without -tags nocloud)`)
}
