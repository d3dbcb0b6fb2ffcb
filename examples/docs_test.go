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
	marked = regexp.MustCompile(`(?s)(\t*)// docs: begin ([\w-]+)\n(.*?)\t*// docs: end\n`)
	shown  = regexp.MustCompile("(?s)\n```go\n(.*?\n)```\n")
	likeGo = regexp.MustCompile(`(?m)^ {4}(?:func |import |.*:=|.*\) \{$)`)
)

// The documents' code is that of examples, which are compiled and run.
func TestDocumentsShowCompiledCode(t *testing.T) {
	t.Parallel()
	compiled := compiledCode(t)
	shownNames := map[string]bool{}
	for document, text := range documents(t) {
		text = "\n" + text
		assert.Empty(t, likeGo.FindString(text), "%s: Go code without a fence is not checked", document)
		for _, m := range shown.FindAllStringSubmatch(text, -1) {
			assert.Contains(t, compiled, m[1], "%s: code that no example has between markers", document)
			shownNames[compiled[m[1]]] = true
		}
	}
	for _, name := range compiled {
		assert.True(t, shownNames[name], "docs: begin %s: no document shows it", name)
	}
}

// compiledCode returns the name of each piece of code between markers, without the indentation of its first line.
func compiledCode(t *testing.T) map[string]string {
	t.Helper()
	compiled, names := map[string]string{}, map[string]string{}
	eachFile(t, "..", ".go", func(name, text string) {
		if strings.HasPrefix(name, "../internal/") {
			return
		}
		if _, program, ok := strings.Cut(text, "// README: begin\n"); ok {
			program, _, _ = strings.Cut(program, "// README: end\n")
			compiled["package main\n\n"+strings.TrimSpace(program)+"\n"] = "README"
		}
		for _, m := range marked.FindAllStringSubmatch(text, -1) {
			code := strings.ReplaceAll("\n"+m[3], "\n"+m[1], "\n")
			code = strings.Trim(code, "\n") + "\n"
			compiled[code] = m[2]
			assert.Empty(t, names[m[2]], "%s: the marker %s occurs twice", name, m[2])
			names[m[2]] = name
		}
	})
	return compiled
}

// documents are README and the pages of docs by their path below the module, such as "docs/views.md".
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, root := range []string{"../README.md", "../docs"} {
		eachFile(t, root, ".md", func(name, text string) { all[strings.TrimPrefix(name, "../")] = text })
	}
	return all
}

// eachFile calls visit with the slash-separated path and the content of each file with an extension.
func eachFile(t *testing.T, root, ext string, visit func(name, text string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(name string, e os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != root && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || e.Name() == "node_modules"):
			return filepath.SkipDir
		case e.IsDir() || filepath.Ext(name) != ext:
			return nil
		}
		text, err := os.ReadFile(name)
		visit(filepath.ToSlash(name), string(text))
		return err
	}))
}
