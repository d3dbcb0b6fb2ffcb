package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

// G2: no shown name changes the order of its characters.
func TestG2NamesAreShownHarmlessly(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plain.txt":               "plain.txt",
		"a b.txt":                 "a b.txt",
		"季度报告 🎉.txt":              "季度报告 🎉.txt",
		"👩\u200d🚒.txt":            "👩\u200d🚒.txt",
		"nai\u0308ve":             "nai\u0308ve",
		"x\u202egnp.exe":          "x‹U+202E›gnp.exe",
		"\u2066a\u2069":           "‹U+2066›a‹U+2069›",
		"\u202e\u202d":            "‹U+202E›‹U+202D›",
		"\u200d":                  "‹U+200D›",
		"\u3164":                  "‹U+3164›",
		" lead":                   "‹U+0020›lead",
		"trail ":                  "trail‹U+0020›",
		"   ":                     "‹U+0020›‹U+0020›‹U+0020›",
		"a\u00a0b":                "a‹U+00A0›b",
		"a\nb\x1b[31m":            "a‹U+000A›b‹U+001B›[31m",
		"a\xffb":                  "a‹0xFF›b",
		"a\ufffdb":                "a\ufffdb",
		"soft\u00adhyphen\u200b.": "soft‹U+00AD›hyphen‹U+200B›.",
		"":                        "",
	} {
		assert.Equal(t, want, plainName(name), "%q", name)
	}
}

// Unescaped text has no character that changes the order of others, is invisible or breaks a line.
func FuzzShownName(f *testing.F) {
	for _, seed := range []string{"a", "\u202e", " a ", "\xff\xfe", "👩\u200d🚒", "\u200d\u200d", "a\u2028b", "\U000e0041"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		visible := false
		for _, p := range shownName(name) {
			visible = visible || p.Escaped
			if p.Escaped {
				assert.Regexp(t, `^(U\+[0-9A-F]{4,6}|0x[0-9A-F]{2})$`, p.Text)
				continue
			}
			assert.Equal(t, strings.ToValidUTF8(p.Text, ""), p.Text)
			for _, r := range p.Text {
				visible = visible || !isBlank(r)
				assert.False(t, unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r), "%U", r)
			}
		}
		assert.Equal(t, name != "", visible, "a name is never shown as nothing")
	})
}
