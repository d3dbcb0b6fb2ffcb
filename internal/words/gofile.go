package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// goBlocks returns the comments and the error texts of a Go file. Directives, code and the output of examples are left out.
func goBlocks(content []byte) ([]block, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	names := identifiers(file)
	var all []block
	for _, group := range file.Comments {
		for _, b := range commentBlocks(fset, group) {
			b.text = words.ReplaceAllStringFunc(b.text, func(w string) string {
				if names[w] {
					return strings.Repeat("_", len(w))
				}
				return w
			})
			all = append(all, b)
		}
	}
	return append(all, errorTexts(fset, file)...), nil
}

// errorTexts returns the literals in calls of errors.New and fmt.Errorf, without what is quoted in them.
func errorTexts(fset *token.FileSet, file *ast.File) (all []block) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !makesError(call) {
			return true
		}
		for _, arg := range call.Args {
			ast.Inspect(arg, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					text, _ := strconv.Unquote(literal.Value)
					var b block
					b.add(fset.Position(literal.Pos()).Line, strings.ReplaceAll(text, "\n", " "))
					all = append(all, b)
				}
				return true
			})
		}
		return true
	})
	return all
}

// makesError reports whether a call is one of errors.New or fmt.Errorf.
func makesError(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := f.X.(*ast.Ident)
	return ok && (pkg.Name == "errors" && f.Sel.Name == "New" || pkg.Name == "fmt" && f.Sel.Name == "Errorf")
}

var words = regexp.MustCompile(`\w+`)

// sentenceWords may be names and still begin a sentence.
var sentenceWords = map[string]bool{"What": true, "Who": true, "Whatever": true, "Whoever": true}

// identifiers are the exported and the camel-case names that a file uses. In its comments they are code.
func identifiers(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.ToLower(id.Name) != id.Name && !sentenceWords[id.Name] {
			names[id.Name] = true
		}
		return true
	})
	return names
}

var (
	directive = regexp.MustCompile(`^//(go:|nolint|lint:|export |line )`)
	output    = regexp.MustCompile(`(?i)^//\s*(unordered )?output:`)
	listItem  = regexp.MustCompile(`^\s*([-*+•]|\d+[.)])\s+`)
)

// commentBlocks splits a comment group as go doc does: an indented line is code unless it is in a list.
func commentBlocks(fset *token.FileSet, group *ast.CommentGroup) []block {
	var s splitter
	for _, c := range group.List {
		if output.MatchString(c.Text) {
			break
		}
		line := fset.Position(c.Pos()).Line
		if directive.MatchString(c.Text) {
			s.end()
			continue
		}
		text := strings.TrimPrefix(c.Text, "//")
		if inner, ok := strings.CutPrefix(c.Text, "/*"); ok {
			text = strings.TrimSuffix(inner, "*/")
		}
		for i, l := range strings.Split(text, "\n") {
			s.comment(line+i, strings.TrimPrefix(l, " "))
		}
	}
	s.end()
	return s.blocks
}

// comment takes a line of a comment without its slashes.
func (s *splitter) comment(line int, text string) {
	trimmed := strings.TrimSpace(text)
	indented := strings.TrimLeft(text, " \t") != text
	switch {
	case trimmed == "":
		s.end()
	case listItem.MatchString(text) && (indented || s.list || s.open == nil):
		s.end()
		s.list = true
		s.add(line, listItem.ReplaceAllString(text, ""), true)
	case strings.HasPrefix(text, "# "):
		s.end()
		s.list = false
		s.add(line, text[2:], false)
		s.end()
	case indented && !s.list:
		s.end()
	default:
		s.list = s.list && indented
		s.add(line, trimmed, true)
	}
}
