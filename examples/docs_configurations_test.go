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
	markedLines   = regexp.MustCompile(`(?s)([ \t]*)# docs: begin ([\w-]+)\n(.*?)[ \t]*# docs: end(?:\n|$)`)
	configuration = regexp.MustCompile("(?s)\n```(nginx|apache|lighttpd|caddy)\n(.*?)```\n")
)

// rateLines are started by TestRateIsKept of internal/e2e/offload, which reads the page.
const rateLines = "docs/rates.md"

// The configurations of the pages are lines of docs/servers, which the tests of internal/e2e/offload start.
func TestDocumentsShowTestedConfigurations(t *testing.T) {
	t.Parallel()
	tested := testedLines(t)
	shown := map[string]bool{}
	for document, text := range documents(t) {
		for _, m := range configuration.FindAllStringSubmatch(text, -1) {
			if document == rateLines {
				continue
			}
			assert.Contains(t, tested, m[2], "%s: lines that no configuration has between markers", document)
			shown[tested[m[2]]] = true
		}
	}
	for _, name := range tested {
		assert.True(t, shown[name], "docs: begin %s: no document shows it", name)
	}
}

// testedLines returns the name of each piece between markers, without the indentation of its marker.
func testedLines(t *testing.T) map[string]string {
	t.Helper()
	lines := map[string]string{}
	entries, err := os.ReadDir("../docs/servers")
	require.NoError(t, err)
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".md" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "docs", "servers", e.Name()))
		require.NoError(t, err)
		for _, m := range markedLines.FindAllStringSubmatch(string(text), -1) {
			piece := strings.Trim(strings.ReplaceAll("\n"+m[3], "\n"+m[1], "\n"), "\n") + "\n"
			require.Empty(t, lines[piece], m[2])
			lines[piece] = m[2]
		}
	}
	require.Greater(t, len(lines), 8)
	return lines
}

// The page of each server has the same headings.
func TestThePagesOfServersHaveTheSameHeadings(t *testing.T) {
	t.Parallel()
	second := regexp.MustCompile(`(?m)^## (.+)$`)
	for _, page := range []string{"nginx", "apache", "lighttpd", "caddy", "presigned"} {
		text := fence.ReplaceAllString(documents(t)["docs/servers/"+page+".md"], "")
		var headings []string
		for _, m := range second.FindAllStringSubmatch(text, -1) {
			headings = append(headings, m[1])
		}
		assert.Equal(t, []string{"Program", "Configuration", "Rules", "Limits", "Check", "Common faults"}, headings, page)
	}
}
