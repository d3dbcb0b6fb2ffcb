package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// attributes puts a process into its own group, sets its user, and ends it if the test program dies.
func attributes(as account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if as.other {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}

// killGroup kills a process that was started with attributes, and its children.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// listens reports whether a process listens on a port. Another program that took the port accepts connections as
// well.
func listens(pid, port int) bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return true
	}
	open, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil || len(open) == 0 {
		return true // /proc/PID/fd is not readable
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
