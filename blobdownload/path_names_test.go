package blobdownload_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// PT2, PT4: what Windows reads as another path, or as no file.
func TestNamesForeignToWindows(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"CON", "con", "dir/NUL", "nul.txt", "COM1 .txt", "COM²", "LPT9.log", "CONIN$", "aux/x",
		"a.txt::$DATA", "a.txt:stream", "C:x", "C:/x", `..\x`, `a\..\..\b`, `dir\file`, `\\host\share`,
		"a.txt.", "a.txt ", "dir./x", "GIT~1/config", "a?", "a*", "a|b",
	} {
		assert.True(t, blobdownload.ForeignToWindows(name), name)
	}
	for _, name := range []string{"a.txt", "dir/a b.tar.gz", "console.txt", "COM", "com10", "a~b", "é", "..hidden", "null"} {
		assert.False(t, blobdownload.ForeignToWindows(name), name)
	}
}
