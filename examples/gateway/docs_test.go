package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of settings in docs/gateway.md")

const docFile = "../../docs/gateway.md"

// settingsTable returns the table of all settings.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("\n| setting | value | default | meaning |\n|---|---|---|---|\n")
	byDefault := regexp.MustCompile(`(?s)^(.*?)\s*\(default:? (.*)\)$`)
	flags(new(options)).VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		standard := f.Value.String()
		if m := byDefault.FindStringSubmatch(usage); m != nil {
			usage, standard = m[1], m[2]
		} else if standard != "" {
			standard = "`" + standard + "`"
		}
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, value, standard, strings.ReplaceAll(usage, "\n", " "))
	})
	b.WriteString("\n")
	return b.String()
}

func TestDocumentedSettings(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(docFile)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(doc), "-update -->\n")
	require.True(t, ok)
	table, after, ok := strings.Cut(rest, "<!-- end of settings -->")
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(docFile, []byte(before+"-update -->\n"+settingsTable()+"<!-- end of settings -->"+after), 0o600))
		return
	}
	assert.Equal(t, settingsTable(), table, "go test ./examples/gateway -run Documented -update")
}

// The configuration in the documentation is valid.
func TestDocumentedConfiguration(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(docFile)
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(doc), "```yaml\n")
	require.True(t, ok)
	content, _, ok := strings.Cut(rest, "```")
	require.True(t, ok)
	printed := inForce(t, "-config", configFile(t, content))
	assert.Contains(t, printed, "- '*=docs/handbook/'")
	line := refused(t, "-config", configFile(t, strings.Repeat("\n", 11)+"log-format: xml\n"))
	assert.True(t, strings.HasSuffix(line, `gateway.yaml:12: log-format: "xml": want text, json`), line)
	assert.Contains(t, string(doc), `gateway.yaml:12: log-format: "xml": want text, json`)
}
