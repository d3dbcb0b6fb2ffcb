package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOptionalFailsOnlyInCI(t *testing.T) {
	for _, tt := range []struct {
		ci   string
		err  error
		want error
	}{
		{"", nil, nil},
		{"true", nil, nil},
		{"", io.ErrUnexpectedEOF, nil},
		{"true", io.ErrUnexpectedEOF, io.ErrUnexpectedEOF},
	} {
		t.Setenv("CI", tt.ci)
		assert.Equal(t, tt.want, optional("not installed", tt.err), "CI=%q, error %v", tt.ci, tt.err)
	}
}

func TestToolOfThePinnedVersionIsNotBuiltAgain(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	program, err := os.ReadFile(self)
	require.NoError(t, err)
	root := t.TempDir()
	t.Chdir(root)
	own := filepath.Join(root, toolDir, "dummy")
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o755))
	require.NoError(t, os.WriteFile(own, program, 0o755))

	pinned := tool{"dummy", "example.invalid/dummy", builtAt(own)}
	require.NotEmpty(t, pinned.version)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	path, err := pinned.path(t.Context())
	require.NoError(t, err)
	assert.Equal(t, own, path)

	pinned.version = "v9.9.9"
	_, err = pinned.path(t.Context())
	assert.ErrorContains(t, err, "dummy v9.9.9 cannot be installed")
}

func TestVersionOfAProgramThatIsNotGo(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755))
	assert.Empty(t, builtAt(script))
	assert.Empty(t, builtAt(filepath.Join(t.TempDir(), "missing")))
}
