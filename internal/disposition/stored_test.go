package disposition_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

func TestFilename(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":                                       "",
		"inline":                                 "",
		`attachment; filename="report 2025.pdf"`: "report 2025.pdf",
		`inline; FileName=a.txt`:                 "a.txt",
		`attachment; filename="a \"b\".pdf"`:     "a _b_.pdf",
		`attachment; filename="x"; filename*=UTF-8''%c5%bc`: "ż",
		`attachment; filename*=UTF-8''a%2Fb%0d%0a.pdf`:      "b.pdf",
		`attachment; filename="../../etc/passwd"`:           "passwd",
		`attachment; filename="C:\\x\\CON"`:                 "_CON",
		"attachment; filename=\"gnp\u202e.exe\"":            "gnp.exe",
		`attachment; filename="`:                            "",
		`attachment; filename=" . "`:                        "",
		`filename="a.pdf"`:                                  "",
		`attachment; filename=a; filename=b`:                "",
	} {
		assert.Equal(t, want, disposition.Filename(value), "%q", value)
	}
}
