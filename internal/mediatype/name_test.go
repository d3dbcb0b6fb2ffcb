package mediatype_test

import (
	"mime"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/mediatype"
)

func TestByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.txt":         "text/plain; charset=utf-8",
		"A.TXT":         "text/plain; charset=utf-8",
		"a.md":          "text/markdown; charset=utf-8",
		"a.csv":         "text/csv; charset=utf-8",
		"a.js":          "text/javascript; charset=utf-8",
		"a.html":        "text/html; charset=utf-8",
		"a.svg":         "image/svg+xml",
		"a.png":         "image/png",
		"a.ico":         "image/vnd.microsoft.icon",
		"a.json":        "application/json",
		"a.xml":         "application/xml",
		"a.pdf":         "application/pdf",
		"a.gz":          "application/gzip",
		"a.tar.gz":      "application/gzip",
		"a.tar":         "application/x-tar",
		"a.zip":         "application/zip",
		"a.docx":        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"a.ods":         "application/vnd.oasis.opendocument.spreadsheet",
		"a.mp3":         "audio/mpeg",
		"a.mp4":         "video/mp4",
		"a.woff2":       "font/woff2",
		"a.exe":         "application/vnd.microsoft.portable-executable",
		"dir.txt/a.png": "image/png",
		"日本語.pdf":       "application/pdf",
		"dir.txt/a":     "",
		`dir.txt\a`:     "",
		"a":             "",
		"a.":            "",
		"":              "",
		"a.unknown":     "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, mediatype.ByName(name))
		})
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("types.txt")
	require.NoError(t, err)
	types := map[string]string{}
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		require.Greater(t, len(fields), 1, line)
		kind, params, err := mime.ParseMediaType(fields[0])
		require.NoError(t, err, line)
		assert.Equal(t, fields[0], kind, "in lower case")
		assert.Empty(t, params)
		for _, ext := range fields[1:] {
			assert.NotContains(t, types, ext, "in the table twice")
			assert.Equal(t, strings.ToLower(ext), ext)
			types[ext] = kind
			got := mediatype.ByName("a." + ext)
			assert.Equal(t, kind, strings.TrimSuffix(got, "; charset=utf-8"), ext)
			assert.Equal(t, got, mediatype.Clean(got), "a name suggests what may be sent")
		}
	}
	assert.Greater(t, len(types), 150)
}
