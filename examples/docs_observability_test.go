package examples_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	loggers    = regexp.MustCompile(`^(slog\.)?(Debug|Info|Warn|Error|Log|LogAttrs)(Context)?$`)
	ownLoggers = map[string]bool{"log": true, "logAt": true, "logRequest": true, "logOnce": true}
	telemetry  = regexp.MustCompile(`^(attribute\.(String|Int|Int64|Bool)|Int64Counter|Float64Histogram|Int64UpDownCounter|Start)$`)
)

// The page lists every span, metric, attribute and log line that the library writes, and no other.
func TestObservabilityIsDocumented(t *testing.T) {
	t.Parallel()
	page := documents(t)["docs/observability.md"]
	names := map[string]string{}
	eachCall(t, library, func(file, function string, texts []string) {
		switch {
		case telemetry.MatchString(function):
			for _, text := range texts {
				if text != "" && function != "attribute.String" || strings.Contains(text, ".") {
					names[text] = file
				}
			}
		case loggers.MatchString(function), ownLoggers[function]:
			for _, text := range texts { // the message, and the names of its attributes
				if text != "" && text != "…" && !strings.ContainsAny(text, "/%") {
					names[text] = file
				}
			}
		case function == "slog.String":
			names[texts[0]] = file
		}
	})
	require.Greater(t, len(names), 25)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		assert.Contains(t, page, "`"+name+"`", "%s writes it", names[name])
	}
	for _, span := range codeSpan.FindAllString(tableColumn(page), -1) {
		if !strings.ContainsAny(span, ". ") {
			continue // a field of Result
		}
		assert.Contains(t, names, strings.Trim(span, "`"), "docs/observability.md: no code writes this")
	}
}
