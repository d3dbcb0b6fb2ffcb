package blobdownload_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/installed"
	"github.com/go-downloadview/downloadview/wrapper"
)

// git clones a bare repository below a grant: it appends paths to the link, and a query to the first one.
func TestGitClonesAGrantedRepository(t *testing.T) {
	t.Parallel()
	installed.Program(t, "git", "git")
	dir := t.TempDir()
	git := func(args ...string) error {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir, "GIT_TERMINAL_PROMPT=0", "NO_PROXY=*",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := cmd.CombinedOutput()
		t.Logf("git %v: %s", args, out)
		return err
	}
	require.NoError(t, git("init", "-q", "work"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "work", "README"), []byte("content"), 0o600))
	require.NoError(t, git("-C", "work", "add", "README"))
	require.NoError(t, git("-C", "work", "commit", "-qm", "first"))
	for _, name := range []string{"mine.git", "mine.git2"} {
		require.NoError(t, git("clone", "-q", "--bare", "work", "store/"+name))
		require.NoError(t, git("-C", "store/"+name, "update-server-info"))
	}
	bucket, err := fileblob.OpenBucket(filepath.Join(dir, "store"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = bucket.Close() })
	repos := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket)}
	s := newSigner(t, func(o *blobdownload.SignerOptions) { o.URL = "/repos/" })
	server := httptest.NewServer(s.RequireGrant(quietServer().Handler(blobdownload.GrantView(repos))))
	t.Cleanup(server.Close)

	base := server.URL + signGrant(t, s, course("mine.git/"))
	require.NoError(t, git("clone", "-q", base, "copy"))
	content, err := os.ReadFile(filepath.Join(dir, "copy", "README"))
	require.NoError(t, err)
	assert.Equal(t, "content", string(content))
	require.Error(t, git("clone", "-q", base[:len(base)-1]+"2/", "neighbour"))
	require.Error(t, git("clone", "-q", base+"..%2Fmine.git2/", "escaped"))
}
