package examples_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tools are packages that no application runs, and test kits, whose texts the tests of an application print.
var tools = regexp.MustCompile(`^\.\./(internal/(arch|ci|e2e|objectserver|threats|words)|storagetest|examples|docs)/`)

// library reports whether a file is code of the library, and programs whether it is that or code of the gateway.
func library(name string) bool {
	return !strings.HasSuffix(name, "_test.go") && !tools.MatchString(name)
}

func programs(name string) bool {
	return library(name) || strings.HasPrefix(name, "../examples/gateway/") && !strings.HasSuffix(name, "_test.go")
}

// eachCall calls visit for each call in the files, with the name of the function and its text arguments. A text
// argument is a literal, a sum with literals, a constant or that of fmt.Sprintf; others are "".
func eachCall(t *testing.T, files func(name string) bool, visit func(file, function string, texts []string)) {
	t.Helper()
	eachFile(t, "..", ".go", func(name, source string) {
		if !files(name) {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		require.NoError(t, err)
		constants := constantTexts(file)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var texts []string
			for _, arg := range call.Args {
				texts = append(texts, textOf(arg, constants))
			}
			switch f := call.Fun.(type) {
			case *ast.Ident:
				visit(name, f.Name, texts)
			case *ast.SelectorExpr:
				function := f.Sel.Name
				if pkg, ok := f.X.(*ast.Ident); ok && (pkg.Name == "errors" || pkg.Name == "fmt" || pkg.Name == "slog" || pkg.Name == "attribute") {
					function = pkg.Name + "." + function
				}
				visit(name, function, texts)
			}
			return true
		})
	})
}

func constantTexts(file *ast.File) map[string]string {
	all := map[string]string{"logClientLeft": "client left", "logAborted": "download aborted"}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
			for i, name := range spec.Names {
				if text := textOf(spec.Values[i], nil); text != "" {
					all[name.Name] = text
				}
			}
		}
		return true
	})
	return all
}

func textOf(e ast.Expr, constants map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
	case *ast.BinaryExpr:
		if x, y := textOf(e.X, constants), textOf(e.Y, constants); x+y != "" {
			return cmp.Or(x, "%v") + cmp.Or(y, "%v")
		}
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return textOf(e.Args[0], constants)
		}
	case *ast.Ident:
		return constants[e.Name]
	}
	return ""
}

var verb = regexp.MustCompile(`%[#+.\d]*[a-zA-Z]`)

// asDocumented is a text as the documents write it: with "…" for what is inserted, in one line.
func asDocumented(text string) string {
	text = verb.ReplaceAllString(strings.ReplaceAll(text, "%%", "%"), "…")
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimSpace(text)
}

// unseen are errors that only the code compares: no user meets them.
var unseen = map[string]bool{"not to be sent": true, "s3: not to be sent": true, "key only": true, "the object is stored": true}

// Each text of an error that the library makes is in docs/error-texts.md, with its cause and the remedy.
func TestEveryErrorTextIsDocumented(t *testing.T) {
	t.Parallel()
	page := documents(t)["docs/error-texts.md"]
	makers := map[string]int{ // the argument with the text
		"errors.New": 0, "fmt.Errorf": 0, "fault": 1, "misuse": 0, "misusedView": 0, "linkError": 0, "found": 1, "errorf": 1,
	}
	made := map[string]string{}
	eachCall(t, programs, func(file, function string, texts []string) {
		at, ok := makers[function]
		if !ok || len(texts) <= at {
			return
		}
		text := asDocumented(texts[at])
		if strings.Trim(text, "…: ") != "" && !unseen[text] {
			made[text] = file
		}
	})
	require.Greater(t, len(made), 150)
	for _, text := range slices.Sorted(maps.Keys(made)) {
		assert.True(t, strings.Contains(page, "`"+text+"`") || strings.Contains(page, "``"+text+"``"),
			"%s: docs/error-texts.md lacks `%s`", made[text], text)
	}
	for _, span := range codeSpan.FindAllString(tableColumn(page), -1) {
		assert.Contains(t, made, strings.Trim(span, "`"), "docs/error-texts.md: no code makes this text")
	}
}

// tableColumn is the first column of the tables of a page.
func tableColumn(page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if cell, ok := strings.CutPrefix(line, "| "); ok {
			cell, _, _ = strings.Cut(strings.ReplaceAll(cell, `\|`, "¦"), " |")
			b.WriteString(strings.ReplaceAll(cell, "¦", "|") + "\n")
		}
	}
	return b.String()
}
