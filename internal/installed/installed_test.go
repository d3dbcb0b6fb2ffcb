package installed_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/installed"
)

// outcome records how a test ends.
type outcome struct {
	testing.TB
	ended string
}

func (o *outcome) Helper() {}

func (o *outcome) Skip(args ...any) { o.ended = "skipped: " + fmt.Sprint(args...) }

func (o *outcome) Fatalf(format string, args ...any) {
	o.ended = "failed: " + fmt.Sprintf(format, args...)
}

func TestMissingProgramFailsWithCI(t *testing.T) {
	for ci, want := range map[string]string{
		"":     "skipped: no-such-program not installed (package no-such-package)",
		"true": "failed: no-such-program not installed (package no-such-package); with CI=true nothing may be missing",
	} {
		t.Setenv("CI", ci)
		o := &outcome{TB: t}
		assert.Empty(t, installed.Program(o, "no-such-program", "no-such-package"))
		assert.Equal(t, want, o.ended)
	}
	o := &outcome{TB: t}
	assert.NotEmpty(t, installed.Program(o, "go", "golang"))
	assert.Empty(t, o.ended)
}
