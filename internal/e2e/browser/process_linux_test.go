package browser_test

import (
	"os/exec"
	"syscall"
)

func init() {
	endWithTest = func(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
}
