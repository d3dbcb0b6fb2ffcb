package servers

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// account is the user that a server runs as.
type account struct {
	name     string
	uid, gid uint32
	other    bool // than the user of the test
}

// unprivileged returns the account "nobody" if root runs the test, else the user of the test.
func unprivileged() (account, error) {
	u, err := user.Current()
	if err != nil {
		return account{}, err
	}
	if os.Geteuid() != 0 {
		return account{name: u.Username}, nil
	}
	if u, err = user.Lookup("nobody"); err != nil {
		return account{}, fmt.Errorf("no user for the server to run as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), other: true}, err
}

// Share lets a server read a directory and its content. A directory of t.TempDir is private, and a server runs as
// another user if root runs the test. Share changes no permission of a symlink, and fails the test on an error.
func Share(t testing.TB, dir string) {
	t.Helper()
	if err := share(dir); err != nil {
		t.Fatalf("servers: share %s: %v", dir, err)
	}
}

func share(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() && !e.Type().IsRegular() {
			return err
		}
		return add(path, map[bool]os.FileMode{true: 0o555, false: 0o444}[e.IsDir()])
	})
	if err != nil {
		return err
	}
	// The parent directories, up to the directory of all temporary files.
	top := filepath.Clean(os.TempDir())
	for parent := filepath.Dir(dir); strings.HasPrefix(parent, top+string(filepath.Separator)); parent = filepath.Dir(parent) {
		if err := add(parent, 0o111); err != nil {
			return err
		}
	}
	return nil
}

// add adds permissions to a file.
func add(path string, mode os.FileMode) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&mode == mode {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()|mode)
}

// give makes the account the owner of directories.
func (a account) give(dirs ...string) error {
	if !a.other {
		return nil
	}
	for _, dir := range dirs {
		if err := os.Chown(dir, int(a.uid), int(a.gid)); err != nil {
			return err
		}
	}
	return nil
}
