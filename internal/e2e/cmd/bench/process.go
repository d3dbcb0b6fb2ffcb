package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// process is a running server.
type process struct {
	addr    string
	started time.Duration // from its start until it listens
	cmd     *exec.Cmd

	// Of this program only; nil of others.
	in  io.WriteCloser
	out *bufio.Reader

	ended chan struct{} // of other programs only: closed after their end
	dir   string        // of other programs only: their configuration
}

// settings are the identity of a running server.
type settings struct {
	subject  string
	storage  storage
	protocol string
	profiles string // a directory for its CPU profile; none if empty
	cpus     cpuSet
}

// start starts a server.
func start(ctx context.Context, s settings) (*process, error) {
	if program, ok := programs[s.subject]; ok {
		return program.start(ctx, s.storage, s.cpus)
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), subjectVar+"="+s.subject, dirVar+"="+s.storage.dir, endpointVar+"="+s.storage.endpoint,
		bucketVar+"="+s.storage.bucket, protocolVar+"="+s.protocol,
		"AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secretKey)
	if s.profiles != "" {
		name := strings.TrimSuffix(s.subject+" "+s.storage.bucket+" "+s.protocol, " ")
		cmd.Env = append(cmd.Env, profileVar+"="+filepath.Join(s.profiles, url.PathEscape(name)+".prof"))
	}
	cmd.Stderr = os.Stderr
	p := &process{cmd: cmd}
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	begin := time.Now()
	if err := startOn(s.cpus, cmd.Start); err != nil {
		return nil, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.subject, err), p.stop())
	}
	p.started = time.Since(begin)
	p.addr = strings.TrimSpace(line)
	return p, nil
}

// command sends a line to a server of this program, and returns the number that it answers.
func (p *process) command(line string) (int64, error) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return 0, err
	}
	var n int64
	_, err := fmt.Fscanln(p.out, &n)
	return n, err
}

// cpu returns the CPU time that the server has used.
func (p *process) cpu() (time.Duration, error) {
	if p.in == nil {
		return treeCPU(p.cmd.Process.Pid)
	}
	n, err := p.command("cpu")
	return time.Duration(n), err
}

// settle returns unused memory to the system, and makes the resident memory of now the peak.
func (p *process) settle() error {
	if p.in == nil {
		return nil
	}
	_, err := p.command("settle")
	return err
}

// peak returns the highest resident memory since settle.
func (p *process) peak() (int64, error) { return statusField(p.cmd.Process.Pid, "VmHWM:") }

// resident returns the resident memory of the server and its children.
func (p *process) resident() (int64, error) { return treeResident(p.cmd.Process.Pid) }

// stop ends the server and waits for its end.
func (p *process) stop() error {
	if p.in == nil {
		return p.terminate()
	}
	return errors.Join(p.in.Close(), p.cmd.Wait())
}
