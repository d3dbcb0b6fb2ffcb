package wrapper_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// killedDir is the environment variable that makes TestMaterializedKilled the program that is killed.
const killedDir = "DOWNLOADVIEW_KILLED_DIR"

// A program that is killed while it generates content leaves nothing that is served.
func TestMaterializedKilledProgramLeavesNothing(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(killedDir); dir != "" {
		generateForever(t, dir)
		return
	}
	dir := t.TempDir()
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMaterializedKilledProgramLeavesNothing$")
	program.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := program.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, program.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "halfway\n", line)
	require.NoError(t, program.Process.Kill())
	require.Error(t, program.Wait())

	m := &wrapper.Materializer{Bucket: openFileBucket(t, dir)}
	_, got, err := download(t.Context(), m.File(wrapper.Bytes("f", []byte(digits)), "k"), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, got, "generated anew")
	require.NoError(t, m.Shutdown(t.Context()))
}

func openFileBucket(t *testing.T, dir string) *wrapper.Bucket {
	t.Helper()
	b, err := wrapper.OpenBucket(t.Context(), "file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// generateForever prints a line once content has been received and stored in part.
func generateForever(t *testing.T, dir string) {
	m := &wrapper.Materializer{Bucket: openFileBucket(t, dir)}
	f := m.File(wrapper.Func("f", func(ctx context.Context, w io.Writer) error {
		for ctx.Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return err
			}
			if found, _ := os.ReadDir(dir); len(found) > 0 { // the temporary file of the upload
				break
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}), "k")
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = io.ReadFull(resp.Body, make([]byte, 1000))
	require.NoError(t, err)
	for {
		if found, _ := os.ReadDir(dir); len(found) > 0 {
			break
		}
	}
	_, _ = os.Stdout.WriteString("halfway\n")
	<-t.Context().Done()
}
