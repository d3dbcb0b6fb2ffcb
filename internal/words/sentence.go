package main

import (
	"regexp"
	"strings"
	"unicode"
)

// maxWords is the limit of a sentence.
const maxWords = 30

// sentence is a part of a block's masked text.
type sentence struct {
	text  string
	start int // offset in the block
}

// end matches the end of a sentence: a mark, closing brackets, and a space or the end of the block.
var end = regexp.MustCompile(`[.!?:]["')\]*_]*(\s+|$)`)

// abbreviations end with a full stop but end no sentence.
var abbreviations = regexp.MustCompile(`(?i)(^|\W)(e\.g|i\.e|etc|vs|cf|no|sec)\.$`)

// sentences splits a masked text. A full stop before a lower-case letter ends none.
func sentences(text string) (all []sentence) {
	start := 0
	for _, at := range end.FindAllStringIndex(text, -1) {
		mark, next := text[at[0]], at[1]
		if mark == '.' && next < len(text) &&
			(abbreviations.MatchString(text[start:at[0]+1]) || unicode.IsLower(rune(text[next]))) {
			continue
		}
		all = append(all, sentence{text[start:next], start})
		start = next
	}
	if strings.TrimSpace(text[start:]) != "" {
		all = append(all, sentence{text[start:], start})
	}
	return all
}

// words is the number of words of a sentence. A dash between two words is none.
func (s sentence) words() (n int) {
	for word := range strings.FieldsSeq(s.text) {
		if strings.ContainsFunc(word, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// question reports whether the sentence is one: it may begin with what or who.
func (s sentence) question() bool {
	return strings.Contains(strings.TrimRight(s.text, ` "')*_`), "?")
}
