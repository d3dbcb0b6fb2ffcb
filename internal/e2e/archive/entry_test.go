package archive_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // reads with one request
)

// archivers write an archive of the directory "d" with a program of a Debian package.
var archivers = []struct{ name, debian, command string }{
	{"Info-ZIP", "zip", "zip -qr out.zip d"},
	{"Info-ZIP, stored", "zip", "zip -0qr out.zip d"},
	{"Info-ZIP, stream", "zip", "zip -qr - d | cat > out.zip"},
	{"Info-ZIP, self-extracting", "zip", "zip -qr a.zip d && cat /bin/true a.zip > out.zip"},
	{"Info-ZIP, self-extracting, adjusted", "zip", "zip -qr a.zip d && cat /bin/true a.zip > out.zip && zip -qA out.zip"},
	{"Info-ZIP, appended", "zip", "zip -qr out.zip d && touch x && zip -q out.zip x && zip -qd out.zip x"},
	{"bsdtar", "libarchive-tools", "bsdtar -a -cf out.zip d"},
	{"7zz", "7zip", "7zz a -bso0 out.zip d"},
	{"Python", "python3", "python3 -m zipfile -c out.zip d"},
	{"jar", "default-jdk-headless", "jar cf out.zip d"},
}

// Each file of an archive on S3 costs one request, and the first one two.
func TestEntryReadsArchivesOfUsualPrograms(t *testing.T) {
	t.Parallel()
	s, err := blobdownload.OpenStorage(t.Context(), s3server.Start(t).URL(s3server.BucketName))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
	content := map[string]string{
		"d/a.txt": strings.Repeat("compressible ", 20_000), "d/sub/b é.txt": "short", "d/empty": "", "d/z.bin": random(400_000),
	}
	for _, a := range archivers {
		t.Run(a.name, func(t *testing.T) {
			program, _, _ := strings.Cut(a.command, " ")
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("%s not installed (package %s)", program, a.debian)
			}
			require.NoError(t, s.Bucket.WriteAll(t.Context(), a.name, archiveOf(t, content, a.command), nil))
			var r archive.Reader
			cost := int64(2)
			for name, want := range content {
				var trace wrapper.Trace
				resp, err := r.Entry(s.File(a.name), name).Fetch(wrapper.WithTrace(t.Context(), &trace), wrapper.Request{})
				require.NoError(t, err, name)
				var got strings.Builder
				if resp.Body != nil {
					_, err = io.Copy(&got, resp.Body)
					require.NoError(t, err, name)
				}
				require.NoError(t, resp.Close())
				assert.Equal(t, want, got.String(), name)
				if want == "" {
					cost--
				}
				assert.Equal(t, cost, trace.Requests.Load(), name)
				cost = 1
			}
			files, err := r.List(t.Context(), s.File(a.name))
			require.NoError(t, err)
			listed := 0
			for f := range files {
				if want, ok := content[f.Name]; ok {
					listed++
					assert.EqualValues(t, len(want), f.Size, f.Name)
					assert.False(t, f.Modified.IsZero(), f.Name)
				}
			}
			assert.Equal(t, len(content), listed)
		})
	}
}

// random returns n bytes that do not compress.
func random(n int) string {
	b := make([]byte, n)
	state := uint32(1)
	for i := range b {
		state = state*1_664_525 + 1_013_904_223
		b[i] = byte(state >> 24)
	}
	return string(b)
}

func archiveOf(t *testing.T, content map[string]string, command string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	raw, err := os.ReadFile(filepath.Join(dir, "out.zip"))
	require.NoError(t, err)
	return raw
}
