package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEachRuleFiresOnItsBadSentenceOnly(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rules {
		assert.False(t, seen[r.name], "two rules are named %s", r.name)
		seen[r.name] = true
		assert.Contains(t, rulesOf(t, "text.md", r.bad), r.name, "%q", r.bad)
		assert.Empty(t, rulesOf(t, "text.md", r.good), "%q", r.good)
		assert.NotEmpty(t, r.write, r.name)
		for _, phrase := range r.allow {
			assert.NotContains(t, rulesOf(t, "text.md", "A reader "+phrase+" here."), r.name, phrase)
		}
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	long := "Word " + strings.Repeat("word ", maxWords-1) + "word."
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"doc comment", "a.go", "package a\n\n// F tells it.\nfunc F() {}\n", []string{"3 tell"}},
		{"comment inside a function", "a.go", "package a\n\nfunc F() {\n\t_ = 1 // it tells\n}\n", []string{"4 tell"}},
		{"block comment", "a.go", "/*\nPackage a\ntells.\n*/\npackage a\n", []string{"3 tell"}},
		{"phrase across lines", "a.go", "package a\n\n// F is broken\n// off here.\nfunc F() {}\n", []string{"3 break-off"}},
		{"second sentence", "a.go", "package a\n\n// F is it.\n// What it does is this.\nfunc F() {}\n", []string{"4 first-word"}},
		{"string literal", "a.go", "package a\n\nconst s = \"tells\"\n", nil},
		{"error", "a.go", "package a\n\nvar e = errors.New(\"a: it tells\" +\n\t\" a trip\")\n", []string{"3 tell", "4 trip"}},
		{"format of an error", "a.go", "package a\n\nvar e = fmt.Errorf(`a: %q tells`, 1)\n", []string{"3 tell"}},
		{"quotation in an error", "a.go", "package a\n\nvar e = errors.New(`a: \"tell\"`)\n", nil},
		{"quotation", "a.go", "package a\n\n// F returns \"it tells\".\nfunc F() {}\n", nil},
		{"identifier", "a.go", "package a\n\n// Facts are metadata, as facts.Say is.\nfunc Facts() {}\n", nil},
		{"code in a comment", "a.go", "package a\n\n// F is:\n//\n//\ttells trips\nfunc F() {}\n", nil},
		{"list in a comment", "a.go", "package a\n\n// F is:\n//   - one tells\n//     a trip\nfunc F() {}\n", []string{"4 tell", "5 trip"}},
		{"output of an example", "a.go", "package a\n\nfunc F() {\n\t// Output:\n\t// tells\n}\n", nil},
		{"directive", "a.go", "package a\n\n//go:generate tells\nfunc F() {}\n", nil},
		{"long sentence", "a.go", "package a\n\n// F is.\n// " + long + "\nfunc F() {}\n", []string{"4 long"}},
		{"long sentence with a colon", "a.go", "package a\n\n// One: " + long[5:] + "\nfunc F() {}\n", nil},

		{"paragraph", "a.md", "# Title\n\nIt is\ntold.\n", []string{"4 tell"}},
		{"fenced code", "a.md", "```\nit tells\n```\n\nIt tells.\n", []string{"5 tell"}},
		{"indented code", "a.md", "Text\n\n    it tells\n\nText\n", nil},
		{"code span", "a.md", "It is `a trip` here.\n", nil},
		{"code span across lines", "a.md", "It is `a\ntrip` here.\n", nil},
		{"heading", "a.md", "## What a trip costs\n", []string{"1 trip"}},
		{"table", "a.md", "| What it is | a trip |\n|---|---|\n| " + long + " | says |\n", []string{"1 trip", "3 say"}},
		{"list", "a.md", "- one\n- two\n  trips\n", []string{"3 trip"}},
		{"paragraph of a list item", "a.md", "- one\n\n    two trips\n", []string{"3 trip"}},
		{"target of a link", "a.md", "See [it](trip.md).\n\n[a]: trip.md\n", nil},
		{"sentence after an abbreviation", "a.md", "Others, e.g. What it is.\n", nil},
		{"long list is several sentences", "a.md", "- " + long[5:] + "\n- " + long[5:] + "\n", nil},
		{"long sentence", "a.md", "It is.\n" + long + "\n", []string{"2 long"}},
		{"code span is one word", "a.md", long[10:len(long)-1] + " `a b c`.\n", nil},
	} {
		t.Run(tt.file+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, linesOf(t, tt.file, tt.text))
		})
	}
}
