package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// namePart is a run of a name as the page shows it.
type namePart struct {
	Text    string
	Escaped bool // Text stands for a character or byte that is invisible or changes the order of others
}

// shownName returns a name with everything harmless as it is, and the rest escaped: control, format and direction
// characters, invalid UTF-8, and blanks at either end. Joiners stay, unless the name has nothing else.
func shownName(name string) []namePart {
	var parts []namePart
	add := func(text string, escaped bool) {
		if n := len(parts); n > 0 && parts[n-1].Escaped == escaped && !escaped {
			parts[n-1].Text += text
			return
		}
		parts = append(parts, namePart{text, escaped})
	}
	visible := strings.ContainsFunc(name, func(r rune) bool { return r != utf8.RuneError && unicode.IsGraphic(r) && !isBlank(r) })
	start := len(name) - len(strings.TrimLeftFunc(name, unicode.IsSpace))
	end := len(strings.TrimRightFunc(name, unicode.IsSpace))
	for i, r := range name {
		switch _, size := utf8.DecodeRuneInString(name[i:]); {
		case r == utf8.RuneError && size == 1:
			add(fmt.Sprintf("0x%02X", name[i]), true)
		case i < start || i >= end || isUnsafe(r) || !visible && isBlank(r):
			add(fmt.Sprintf("U+%04X", r), true)
		default:
			add(string(r), false)
		}
	}
	return parts
}

// plainName is shownName as text, for a title or a label.
func plainName(name string) string {
	var b strings.Builder
	for _, p := range shownName(name) {
		if p.Escaped {
			b.WriteString("‹" + p.Text + "›")
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// isUnsafe reports whether a character inside a name is escaped.
func isUnsafe(r rune) bool {
	switch r {
	case ' ', 0x200C, 0x200D: // the joiners are part of words and emoji
		return false
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || isBlank(r)
}

// isBlank reports whether a character has no ink.
func isBlank(r rune) bool {
	switch r {
	case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x200C, 0x200D:
		return true
	}
	return unicode.IsSpace(r)
}
