package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// attributes puts a process into a group of its own, ends it should the test program die, and lets it run as
// another user.
func attributes(as account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if as.other {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}

// killGroup ends a process that was started with attributes, and all that it started.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// listens reports whether a process listens on a port. A stranger that took the port in the meantime would
// accept connections as well.
func listens(pid, port int) bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return true
	}
	open, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil || len(open) == 0 {
		return true // not ours to see
	}
	sockets := map[string]bool{}
	for _, name := range open {
		if to, err := os.Readlink(name); err == nil {
			sockets[to] = true
		}
	}
	suffix := ":" + strings.ToUpper(strconv.FormatInt(int64(port), 16))
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line) // sl local rem st tx:rx tr:when retrnsmt uid timeout inode
		if len(f) > 9 && f[3] == "0A" && strings.HasSuffix(f[1], suffix) && sockets["socket:["+f[9]+"]"] {
			return true
		}
	}
	return false
}
