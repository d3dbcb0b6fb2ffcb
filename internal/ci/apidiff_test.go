package main

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLastRelease(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=test", "-c", "user.email=test@localhost"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	commit := func() { t.Helper(); git("commit", "--quiet", "--allow-empty", "--message", "change") }
	last := func() string {
		t.Helper()
		tag, err := lastRelease(t.Context(), dir)
		require.NoError(t, err)
		return tag
	}

	git("init", "--quiet", "--initial-branch", "main")
	commit()
	git("tag", "draft")
	assert.Empty(t, last(), "no tag is a release")
	for _, tag := range []string{"v0.9.0", "v0.10.0-rc.1", "v0.10.0"} {
		git("tag", tag)
	}
	assert.Equal(t, "v0.10.0", last(), "versions are compared as numbers, and a release follows its candidates")
	git("switch", "--quiet", "--create", "next")
	commit()
	git("tag", "v1.0.0")
	git("switch", "--quiet", "main")
	assert.Equal(t, "v0.10.0", last(), "a tag on another branch is no ancestor")

	_, err := lastRelease(t.Context(), t.TempDir())
	assert.Error(t, err, "outside a repository, nothing is known about releases")
}

func TestIncompatibleChanges(t *testing.T) {
	t.Parallel()
	const older = "\n## [0.1.0]\n\n### Changed\n\n- `B`.\n"
	for _, tt := range []struct{ name, tag, unreleased, want string }{
		{"stated as changed", "v0.1.0", "### Changed\n\n- `A`.\n", ""},
		{"stated as removed", "v0.1.0", "### Removed\n\n- `A`.\n", ""},
		{"stated for an older release", "v0.1.0", "### Fixed\n\n- `A`.\n", "CHANGELOG.md"},
		{"not stated", "v0.1.0", "", "CHANGELOG.md"},
		{"after v1", "v1.2.0", "### Changed\n\n- `A`.\n", "major version"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := permitted(tt.tag, "# Changelog\n\n## [Unreleased]\n\n"+tt.unreleased+older)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, tt.want)
		})
	}
}
