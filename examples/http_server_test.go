package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	serverLiteral = regexp.MustCompile(`(?s)\bhttp\.Server\{.*?\n\s*\}`)
	shortForm     = regexp.MustCompile(`\bhttp\.(ListenAndServe|ListenAndServeTLS|Serve|ServeTLS)\(`)
)

// Readers deploy the server that they see. Without timeouts an idle client holds a connection for ever.
func TestS9EveryServerThatIsShownHasTimeouts(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir("..", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != ".." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "internal"):
			return filepath.SkipDir
		case filepath.Ext(name) != ".md" && filepath.Ext(name) != ".go":
			return nil
		case strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(e.Name(), "example"):
			return nil
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Empty(t, shortForm.FindString(string(text)), name)
		for _, literal := range serverLiteral.FindAllString(string(text), -1) {
			found++
			for _, field := range []string{"ReadHeaderTimeout", "IdleTimeout"} {
				assert.Contains(t, literal, field, name)
			}
			assert.NotContains(t, literal, "WriteTimeout", "%s: it aborts long downloads", name)
		}
		return nil
	})
	require.NoError(t, err)
	assert.GreaterOrEqual(t, found, 4)
}
