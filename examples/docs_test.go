package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	marked = regexp.MustCompile(`(?s)(\t*)// docs: begin (\w+)\n(.*?)\t*// docs: end\n`)
	shown  = regexp.MustCompile("(?s)\n```go\n(.*?\n)```\n")
)

// The documents' code is that of examples, which are compiled and run.
func TestDocumentsShowCompiledCode(t *testing.T) {
	t.Parallel()
	var files []string
	for _, dir := range []string{"blobdownload", "wrapper", "wrapper/archive"} {
		found, err := filepath.Glob("../" + dir + "/example*_test.go")
		require.NoError(t, err)
		files = append(files, found...)
	}
	compiled := map[string]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range marked.FindAllStringSubmatch(string(source), -1) {
			code := strings.ReplaceAll("\n"+m[3], "\n"+m[1], "\n")
			compiled[strings.TrimPrefix(code, "\n")] = m[2]
		}
	}
	for document, want := range map[string][]string{
		"security.md": {"client"}, "private-files.md": {"signer"}, "clouds.md": {"tuning"}, "archives.md": {"archives"},
		"rates.md": {"rates"}, "moving-storage.md": {"moving"}, "versions.md": {"versions"},
		"generated.md": {"generator", "readerat", "section", "concat", "entry"},
	} {
		text, err := os.ReadFile("../docs/" + document)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "\n    ", "%s: code without a fence is not looked at here", document)
		var got []string
		for _, m := range shown.FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, compiled, m[1], "%s: code that no example has between markers", document)
			got = append(got, compiled[m[1]])
		}
		assert.Equal(t, want, got, document)
	}
}
