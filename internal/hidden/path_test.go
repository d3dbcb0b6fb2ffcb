package hidden_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/hidden"
)

func TestPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"": false, "a": false, "a.txt": false, "a./b.": false, "a/b/": false,
		".": true, "..": true, ".git": true, ".git/config": true, "a/.b": true, "a/.b/": true, "/.a": true,
	} {
		assert.Equal(t, want, hidden.Path(path), path)
	}
}
