package examples_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	testName  = regexp.MustCompile(`^(Test|Example|Fuzz|Benchmark)[A-Z_]\w*$`)
	declared  = regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?((?:Test|Example|Fuzz|Benchmark)\w*)\(`)
	localPath = regexp.MustCompile(`^(internal|examples|docs|wrapper|blobdownload|proxy|storagetest)(/[\w.-]+)+/?$`)
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
