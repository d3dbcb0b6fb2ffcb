package disposition_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id     string
		inline bool
		name   string
		want   string
	}{
		{"plain", false, "a.txt", `attachment; filename="a.txt"`},
		{"D6 inline keeps the name", true, "a.pdf", `inline; filename="a.pdf"`},
		{"CD8 empty", false, "", `attachment`},
		{"CD8 empty inline", true, "", `inline`},
		{"CD8 nothing left", false, " .. ", `attachment`},
		{"CD13 semicolon and blank", false, "a; b.txt", `attachment; filename="a; b.txt"`},
		{"CD1 quote", false, `setup.bat";x=.txt`,
			`attachment; filename="setup.bat_;x=.txt"`},
		{"CD5 one character", true, "文.txt", `inline; filename="_.txt"; filename*=UTF-8''%E6%96%87.txt`},
		{"fallback keeps the extension", false, "日本語.txt",
			`attachment; filename="___.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt`},
		{"sharp s", false, "ß.txt", `attachment; filename="_.txt"; filename*=UTF-8''%C3%9F.txt`},
		{"attr-char only", false, "é!#$&+-.^_`~()',;=",
			`attachment; filename="_!#$&+-.^_` + "`" + `~()',;="; ` +
				`filename*=UTF-8''%C3%A9!#$&+-.^_` + "`" + `~%28%29%27%2C%3B%3D`},
		{"blanks stay", false, "espacé .txt", `attachment; filename="espac_ .txt"; filename*=UTF-8''espac%C3%A9%20.txt`},
		{"CD6 percent", false, "%41.txt", `attachment; filename="_41.txt"; filename*=UTF-8''%2541.txt`},
		{"encoded word", false, "=?utf-8?q?a?=", `attachment; filename="=_utf-8_q_a_="`},
		{"question mark alone", false, "why?.txt", `attachment; filename="why_.txt"`},
		{"malicious path", false, `"malicious\file.exe`, `attachment; filename="file.exe"`},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, disposition.Format(c.inline, c.name))
		})
	}
}

func TestFormatAllocatesOnlyTheValue(t *testing.T) {
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { disposition.Format(false, "annual report.pdf") }), 1.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { disposition.Format(true, "日本語.txt") }), 1.0)
}

func FuzzDisposition(f *testing.F) {
	for _, o := range oddNames(f) {
		f.Add(o.given(f))
	}
	for _, name := range []string{`C:x`, "NUL.tar.gz", "COM¹", strings.Repeat("ab ", 200), "CON" + strings.Repeat(" ", 300) + "x.txt"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean := disposition.Sanitize(name)
		checkName(t, clean)
		assert.Equal(t, clean, disposition.Sanitize(clean), "idempotent")
		assert.Equal(t, "attachment", checkField(t, disposition.Format(false, name), clean).kind)
		assert.Equal(t, "inline", checkField(t, disposition.Format(true, name), clean).kind)
	})
}

func BenchmarkFormat(b *testing.B) {
	for _, name := range []string{"annual report.pdf", "日本語.txt"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				disposition.Format(false, name)
			}
		})
	}
}
