package examples_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	testName  = regexp.MustCompile(`^(Test|Example|Fuzz|Benchmark)[A-Z_]\w*$`)
	declared  = regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?((?:Test|Example|Fuzz|Benchmark)\w*)\(`)
	localPath = regexp.MustCompile(`^(internal|examples|docs|wrapper|blobdownload|proxy|storagetest|accesslog)(/[\w.-]+)+/?$`)
)

// A claim that names its test is shown by a test of this name.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	exist := map[string]bool{}
	eachFile(t, "..", ".go", func(_, text string) {
		for _, m := range declared.FindAllStringSubmatch(text, -1) {
			exist[m[1]] = true
		}
	})
	named := 0
	for document, text := range documents(t) {
		for _, span := range codeSpan.FindAllString(text, -1) {
			if name := strings.Trim(span, "`"); testName.MatchString(name) {
				named++
				assert.True(t, exist[name], "%s: no test %s", document, name)
			}
		}
	}
	assert.Greater(t, named, 20)
}

func TestNamedFilesExist(t *testing.T) {
	t.Parallel()
	for document, text := range documents(t) {
		for _, span := range codeSpan.FindAllString(text, -1) {
			if name := strings.Trim(span, "`"); localPath.MatchString(name) {
				_, err := os.Stat("../" + name)
				assert.NoError(t, err, document)
			}
		}
	}
}

// The pages state the number of cases of the conformance suite, which is in another module.
func TestTheNumberOfConformanceCasesIsStated(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../internal/e2e/conformance/testdata/cases.json")
	require.NoError(t, err)
	var tables struct{ HTTP []json.RawMessage }
	require.NoError(t, json.Unmarshal(text, &tables))
	stated := regexp.MustCompile("`internal/e2e/conformance`(?: has|:) (\\d+) cases")
	found := 0
	for document, text := range documents(t) {
		for _, m := range stated.FindAllStringSubmatch(text, -1) {
			found++
			assert.Equal(t, strconv.Itoa(len(tables.HTTP)), m[1], document)
		}
	}
	assert.Equal(t, 2, found)
}
