package disposition_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

func TestSanitize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ id, name, want string }{
		{"harmless", "a b.txt", "a b.txt"},
		{"CD4 controls", "a\r\n\x00\t\x7f\u0080\u009fb.txt", "ab.txt"},
		{"CD9 climbing", "../../.bashrc", ".bashrc"},
		{"CD9 backslash", `..\x`, "x"},
		{"CD9 absolute", "/etc/x", "x"},
		{"CD9 drive", "C:x", "x"},
		{"CD9 drives", "C:d: x", "x"},
		{"CD9 drive hidden by a control", "C\x00:x", "x"},
		{"CD9 drive alone", "C:", ""},
		{"CD9 mixed", `a/b\c.txt`, "c.txt"},
		{"CD9 folder", "a/b/", "b"},
		{"colon inside", "12:30.txt", "12_30.txt"},
		{"CD10 override", "evil\u202efdp.exe", "evilfdp.exe"},
		{"CD10 all", "\u061ca\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069b", "ab"},
		{"invisible", "\ufeffa\u200b\u2028\u2029\u2060b", "ab"},
		{"joiners stay", "می\u200cخواهم.txt", "می\u200cخواهم.txt"},
		{"not UTF-8", "a\xff\xc3.txt", "a__.txt"},
		{"replacement character is a character", "\ufffd.txt", "\ufffd.txt"},
		{"dot", ".", ""},
		{"dots", "..", ""},
		{"dot segment last", "a/..", ""},
		{"ends", "  a.exe. . ", "a.exe"},
		{"end hidden by a control", "a.exe.\u200f", "a.exe"},
		{"device", "NUL", "_NUL"},
		{"device with extensions", "con.tar.gz", "_con.tar.gz"},
		{"device before a blank", "Aux .txt", "_Aux .txt"},
		{"device before a colon", "prn:x", "prn_x"},
		{"device port", "COM1.txt", "_COM1.txt"},
		{"device port zero", "lpt0", "_lpt0"},
		{"device superscript", "COM³.log", "_COM³.log"},
		{"device console", "conin$", "_conin$"},
		{"device in a path", "a/CON", "_CON"},
		{"no device", "CONSOLE.txt", "CONSOLE.txt"},
		{"no port", "COM10.txt", "COM10.txt"},
		{"no port name", "COM.txt", "COM.txt"},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, disposition.Sanitize(c.name))
		})
	}
}

func TestSanitizeLength(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	for _, c := range []struct{ id, name, want string }{
		{"a file name fits whole", a(251) + ".txt", a(251) + ".txt"},
		{"CD12 cut before the extension", a(293) + "b.docx", a(145) + ".docx"},
		{"CD12 no extension", a(300), a(150)},
		{"CD12 bytes", strings.Repeat("漢", 300) + ".txt", strings.Repeat("漢", 78) + ".txt"},
		{"CD12 two bytes", strings.Repeat("é", 300), strings.Repeat("é", 120)},
		{"long extension is text", "a." + a(300), "a." + a(148)},
		{"blanks before the cut", a(100) + strings.Repeat(" ", 200) + "b.txt", a(100) + ".txt"},
		{"device by cutting", "CON" + strings.Repeat(" ", 300) + "x.txt", "_CON.txt"},
		{"device at the limit", "CON." + a(251), "_CON." + a(145)},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			got := disposition.Sanitize(c.name)
			assert.Equal(t, c.want, got)
			checkName(t, got)
		})
	}
}

func TestSanitizeKeepsHarmlessNamesWithoutCopying(t *testing.T) {
	assert.Zero(t, testing.AllocsPerRun(100, func() { disposition.Sanitize("some/folder/日本語.txt") }))
}

// checkName asserts the invariants of every sanitized name.
func checkName(t testing.TB, name string) {
	t.Helper()
	assert.True(t, utf8.ValidString(name), "%q is UTF-8", name)
	assert.LessOrEqual(t, len(name), 255)
	assert.NotContains(t, []string{".", ".."}, name)
	assert.Equal(t, name, strings.Trim(name, " "))
	for _, r := range name {
		switch {
		case r == '/', r == '\\':
			assert.Failf(t, "separator", "%q", name)
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp):
			assert.Failf(t, "control character", "%U in %q", r, name)
		}
	}
}
