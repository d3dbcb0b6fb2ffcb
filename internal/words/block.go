package main

import (
	"regexp"
	"sort"
	"strings"
)

// block is a paragraph, a list item, a heading or a table cell: text in which sentences do not cross the end.
type block struct {
	text   string // the lines, joined by spaces, without markers and code
	starts []int  // offset in text of each line
	lines  []int  // line number in the file of each line
	prose  bool   // sentences, so their length and their first word count
}

// add appends a line of the file.
func (b *block) add(line int, text string) {
	if b.text != "" {
		b.text += " "
	}
	b.starts, b.lines = append(b.starts, len(b.text)), append(b.lines, line)
	b.text += text
}

// line is the line number in the file of an offset in the text.
func (b *block) line(offset int) int {
	return b.lines[sort.SearchInts(b.starts, offset+1)-1]
}

// code matches text that is not the author's: code spans, quotations, targets of links, addresses, qualified names and calls.
var code = regexp.MustCompile("``.+?``|`[^`]*`" + `|"[^"]*"|“[^”]*”` +
	`|\]\([^)]*\)|<!--.*?-->|https?://\S+|\b[\w/]{2,}\.[A-Za-z_]\w*(\(\))?|\b\w+\(\)`)

// masked is the text with code replaced by a filler of equal length, which is one word.
func (b *block) masked() string {
	return code.ReplaceAllStringFunc(b.text, func(s string) string {
		if strings.HasPrefix(s, "](") {
			return "]" + strings.Repeat(" ", len(s)-1)
		}
		return strings.Repeat("_", len(s))
	})
}
