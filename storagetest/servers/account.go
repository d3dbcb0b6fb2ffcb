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
	other    bool // than the one who runs the test
}

// unprivileged is nobody when root runs the test, and else whoever does.
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

// Share lets servers read a directory of a test and all that is in it: one made by t.TempDir is closed to every
// other user, and a server runs as one when root runs the test. Links are left as they are.
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
	// The way to it, below the directory for everybody's temporary files.
	top := filepath.Clean(os.TempDir())
	for parent := filepath.Dir(dir); strings.HasPrefix(parent, top+string(filepath.Separator)); parent = filepath.Dir(parent) {
		if err := add(parent, 0o111); err != nil {
			return err
		}
	}
	return nil
}

// add gives more permissions to a file.
func add(path string, mode os.FileMode) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&mode == mode {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()|mode)
}

// give makes a directory and its subdirectories the account's own.
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
