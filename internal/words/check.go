package main

import (
	"fmt"
	"regexp"
	"strings"
)

// finding is a place where the text breaks a rule.
type finding struct {
	file string
	line int
	rule string
	text string // the words found, or the beginning of the sentence
	fix  string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %q: %s", f.file, f.line, f.rule, f.text, f.fix)
}

// checkBlock returns the findings of one block, in the order of the rules.
func checkBlock(file string, b block) (found []finding) {
	text := b.masked()
	all := []sentence{{text, 0}}
	if b.prose {
		all = sentences(text)
		found = append(found, checkSentences(file, b, all)...)
	}
	for _, r := range rules {
		if r.first && !b.prose {
			continue
		}
		for _, s := range all {
			if r.first && s.question() {
				continue
			}
			for _, at := range r.find(s.text) {
				found = append(found, finding{file, b.line(s.start + at[0]), r.name, s.text[at[0]:at[1]], r.write})
			}
		}
	}
	return found
}

func checkSentences(file string, b block, all []sentence) (found []finding) {
	for _, s := range all {
		if n := s.words(); n > maxWords {
			begin := b.text[s.start : s.start+len(s.text)]
			if fields := strings.Fields(begin); len(fields) > 6 {
				begin = strings.Join(fields[:6], " ") + " …"
			}
			found = append(found, finding{file, b.line(s.start), "long", begin,
				fmt.Sprintf("%d words; the limit is %d", n, maxWords)})
		}
	}
	return found
}

// find returns the places in a sentence where the rule fires: matches of find that overlap no match of allow.
func (r rule) find(text string) (at [][]int) {
	var allowed [][]int
	for _, phrase := range r.allow {
		allowed = append(allowed, phrasePattern(phrase).FindAllStringIndex(text, -1)...)
	}
	for _, m := range r.pattern.FindAllStringIndex(text, -1) {
		if !overlaps(m, allowed) {
			at = append(at, m)
		}
	}
	return at
}

func phrasePattern(phrase string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b` + strings.ReplaceAll(regexp.QuoteMeta(phrase), " ", `\s+`) + `\b`)
}

func overlaps(m []int, in [][]int) bool {
	for _, a := range in {
		if m[0] < a[1] && a[0] < m[1] {
			return true
		}
	}
	return false
}
