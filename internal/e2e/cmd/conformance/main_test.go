package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the program until the test ends, and returns the address that it prints.
func start(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, args, in)
		_ = in.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	require.True(t, ok, line)
	return addr
}

// TestConformance plays every case of every table on every storage, over HTTP/1 and HTTP/2.
func TestConformance(t *testing.T) {
	t.Parallel()
	tables, err := conformance.Load()
	require.NoError(t, err)
	for _, storage := range []string{"mem", "file", "s3"} {
		t.Run(storage, func(t *testing.T) {
			t.Parallel()
			host := start(t, "-storage", storage)
			for name, target := range map[string]*conformance.Target{"HTTP1": {Host: host}, "HTTP2": {Host: host, HTTP2: true}} {
				t.Run(name, func(t *testing.T) {
					played := 0
					for _, cases := range [][]conformance.Case{tables.HTTP, tables.Offload} {
						for i := range cases {
							played++
							assert.Empty(t, target.Play(t.Context(), &cases[i]), cases[i].ID)
						}
					}
					for i := range tables.Disposition {
						played++
						assert.Empty(t, target.PlayName(t.Context(), &tables.Disposition[i]), tables.Disposition[i].ID)
					}
					assert.GreaterOrEqual(t, played, 419)
				})
			}
		})
	}
}

func TestFixturesOfADirectory(t *testing.T) {
	t.Parallel()
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	dir := t.TempDir()
	files := filepath.Join(dir, "files")
	require.NoError(t, os.Mkdir(files, 0o700))
	for i := range fixtures {
		require.NoError(t, os.WriteFile(filepath.Join(files, fixtures[i].Name), fixtures[i].Bytes(), 0o600))
	}
	_, err = load(files)
	require.ErrorIs(t, err, os.ErrNotExist, "no manifest")
	manifest, err := json.Marshal(map[string]any{"fixtures": fixtures})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fixtures.json"), manifest, 0o600))
	loaded, err := load(files)
	require.NoError(t, err)
	assert.Equal(t, fixtures, loaded)

	require.NoError(t, os.WriteFile(filepath.Join(files, "hello.txt"), []byte("something else"), 0o600))
	_, err = load(files)
	require.ErrorContains(t, err, "hello.txt")
}

func TestUnknownStorage(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, run(t.Context(), []string{"-storage", "tape"}, io.Discard), `unknown storage "tape"`)
}
