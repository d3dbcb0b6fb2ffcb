package storagetest_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
)

var _ = flag.Bool("update", false, "write testdata/trace anew")

func golden(t *testing.T, test, name, text string) string {
	t.Helper()
	tb := fatalSpy{TB: t, name: test}
	tb.run(func() { storagetest.Golden(&tb, name, text) })
	for _, f := range tb.cleanups {
		f()
	}
	if len(tb.messages) == 0 {
		return ""
	}
	return tb.text(t, 1)
}

// The tests of Golden change the working directory and the flag -update, so they are not parallel.

func TestGolden(t *testing.T) {
	setUpdate(t, "false")
	t.Chdir(t.TempDir())
	assert.Contains(t, golden(t, "TestA", "dir/a", "one\ntwo\n"), filepath.Join("testdata", "trace", "dir", "a.txt")+" does not exist; run the test with -update")
	setUpdate(t, "true")
	assert.Empty(t, golden(t, "TestA", "dir/a", "one\ntwo\n"))
	setUpdate(t, "false")
	assert.Empty(t, golden(t, "TestA", "dir/a", "one\ntwo\n"))
	said := golden(t, "TestA", "dir/a", "one\n2\n")
	assert.Contains(t, said, "(-file +got)")
	assert.Contains(t, said, "  one\n- two\n+ 2\n")
	assert.Contains(t, golden(t, "TestA", "dir/a", "one\ntwo"), "+ two (no newline at the end)")
	written, err := os.ReadFile("testdata/trace/dir/a.txt")
	require.NoError(t, err)
	assert.Equal(t, "one\ntwo\n", string(written), "only -update writes")
}

func TestGoldenMisuse(t *testing.T) {
	setUpdate(t, "true")
	t.Chdir(t.TempDir())
	assert.Contains(t, golden(t, "TestA", "../a", "x"), `name "../a" is not that of a file`)
	assert.Contains(t, golden(t, "TestA", "", "x"), `name "" is not that of a file`)
	assert.Contains(t, golden(t, "TestA", "empty", ""), "is empty")
	assert.NoFileExists(t, "testdata/trace/empty.txt")
	require.NoError(t, os.MkdirAll("testdata/trace/dir.txt", 0o755))
	assert.Contains(t, golden(t, "TestA", "dir", "x"), "is a directory")
	setUpdate(t, "false")
	assert.Contains(t, golden(t, "TestA", "dir", "x"), "is a directory")
}

func TestGoldenNameUsedTwice(t *testing.T) {
	setUpdate(t, "true")
	t.Chdir(t.TempDir())
	assert.Empty(t, golden(t, "TestFirst", "twice", "x"))
	assert.Contains(t, golden(t, "TestSecond", "twice", "y"), `name "twice" is already used by TestFirst`)
	assert.Empty(t, golden(t, "TestFirst", "twice", "x"), "a test that runs again, as by -count")

	tb := fatalSpy{TB: t, name: "TestThird"}
	tb.run(func() {
		storagetest.Golden(&tb, "third", "x")
		storagetest.Golden(&tb, "third", "y")
	})
	assert.Contains(t, tb.text(t, 1), `name "third" is already used by TestThird`)
	for _, f := range tb.cleanups {
		f()
	}
	written, err := os.ReadFile("testdata/trace/third.txt")
	require.NoError(t, err)
	assert.Equal(t, "x", string(written))
}

func setUpdate(t *testing.T, value string) {
	t.Helper()
	before := flag.Lookup("update").Value.String()
	require.NoError(t, flag.Set("update", value))
	t.Cleanup(func() { require.NoError(t, flag.Set("update", before)) })
}
