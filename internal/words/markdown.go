package main

import (
	"regexp"
	"strings"
)

// splitter collects lines into blocks.
type splitter struct {
	blocks []block
	open   *block
	list   bool // inside a list item: indented lines continue it
	fence  string
}

func (s *splitter) add(line int, text string, prose bool) {
	if s.open == nil {
		s.open = &block{prose: prose}
	}
	s.open.add(line, text)
}

// end closes the open block.
func (s *splitter) end() {
	if s.open != nil {
		s.blocks = append(s.blocks, *s.open)
	}
	s.open = nil
}

var (
	fence     = regexp.MustCompile("^\\s*(```+|~~~+)")
	reference = regexp.MustCompile(`^\s*\[[^\]]+\]:\s`)
	htmlNote  = regexp.MustCompile(`^\s*<!--.*-->\s*$`)
	quoteMark = regexp.MustCompile(`^\s*>\s?`)
)

// markdownBlocks returns the text of a Markdown document without its code.
func markdownBlocks(content []byte) ([]block, error) {
	var s splitter
	for i, text := range strings.Split(string(content), "\n") {
		s.markdown(i+1, text)
	}
	s.end()
	return s.blocks, nil
}

func (s *splitter) markdown(line int, text string) {
	if mark := strings.TrimSpace(fence.FindString(text)); mark != "" || s.fence != "" {
		s.fenced(mark)
		return
	}
	text = quoteMark.ReplaceAllString(text, "")
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "", reference.MatchString(text), htmlNote.MatchString(text):
		s.end()
	case strings.HasPrefix(trimmed, "|"):
		s.end()
		for cell := range strings.SplitSeq(strings.Trim(trimmed, "|"), "|") {
			s.add(line, strings.TrimSpace(cell), false)
			s.end()
		}
	case strings.HasPrefix(trimmed, "#"):
		s.end()
		s.list = false
		s.add(line, strings.TrimLeft(trimmed, "# "), false)
		s.end()
	case listItem.MatchString(text) && (s.list || s.open == nil || !strings.HasPrefix(text, "    ")):
		s.end()
		s.list = true
		s.add(line, listItem.ReplaceAllString(text, ""), true)
	case s.open == nil && (strings.HasPrefix(text, "    ") || text[0] == '\t'):
		if s.list && !strings.HasPrefix(text, "      ") {
			s.add(line, trimmed, true) // a further paragraph of the item
		}
	default:
		s.list = s.list && (s.open != nil || text[0] == ' ')
		s.add(line, trimmed, true)
	}
}

// fenced takes the mark that opens or closes a fenced block, or "" for a line inside.
func (s *splitter) fenced(mark string) {
	switch {
	case s.fence == "":
		s.end()
		s.fence = mark
	case strings.HasPrefix(mark, s.fence):
		s.fence = ""
	}
}
