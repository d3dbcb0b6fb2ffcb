package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// program is a server that is not this program.
type program struct {
	path    func() (string, error)
	version []string // arguments
	module  string   // of a Go program
	args    func(dir string) []string
	env     func(addr string) []string // nil: none
	config  string                     // the name of the configuration's file
	text    func(s storage, dir, addr string) string
}

// cached finds a program of a variable such as DOWNLOADVIEW_CADDY, else the one in the cache of the repository, else the one in
// PATH.
func cached(name string) func() (string, error) {
	return func() (string, error) {
		if path := os.Getenv("DOWNLOADVIEW_" + strings.ToUpper(name)); path != "" {
			return path, nil
		}
		dir, err := os.Getwd()
		for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			path := filepath.Join(dir, ".cache", "bin", name)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
		return exec.LookPath(name)
	}
}

// describe returns the version of a program, or the reason why it cannot be measured. A program that go build made of
// another module has its version as a dependency.
func (p *program) describe(ctx context.Context) (version string, err error) {
	path, err := p.path()
	if err != nil {
		return "", err
	}
	if info, err := buildinfo.ReadFile(path); err == nil {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == p.module {
				return m.Version, nil
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, p.version...).CombinedOutput()
	version, _, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(string(out), "nginx version: nginx/")), " ")
	return version, err
}

// start starts the program with a configuration of its own, and waits until it listens.
func (p *program) start(ctx context.Context, s storage, on cpuSet) (*process, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bench-server")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, p.config), []byte(p.text(s, dir, addr)), 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	cmd := exec.CommandContext(ctx, path, p.args(dir)...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
	if p.env != nil {
		cmd.Env = append(cmd.Env, p.env(addr)...)
	}
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Stderr = os.Stderr
	running := &process{addr: addr, cmd: cmd, ended: make(chan struct{}), dir: dir}
	begin := time.Now()
	if err := running.run(on); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := running.ready(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), running.terminate())
	}
	running.started = time.Since(begin)
	return running, nil
}

// run starts the process, and waits for its end on the same locked thread: the kernel ends the process with that thread.
func (p *process) run(on cpuSet) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := startOn(on, p.cmd.Start)
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.ended)
		}
	}()
	return <-started
}

func (p *process) ready() error {
	for late := time.Now().Add(10 * time.Second); time.Now().Before(late); time.Sleep(time.Millisecond) {
		select {
		case <-p.ended:
			return errors.New("it ended")
		default:
		}
		if conn, err := net.Dial("tcp4", p.addr); err == nil {
			return conn.Close()
		}
	}
	return errors.New("it does not listen")
}

// terminate ends a program and its children, and removes its configuration.
func (p *process) terminate() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
	return os.RemoveAll(p.dir)
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
