package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"
)

// The environment variables that turn the program into a server.
const (
	subjectVar  = "DOWNLOADVIEW_BENCH_SUBJECT"
	dirVar      = "DOWNLOADVIEW_BENCH_DIR"
	endpointVar = "DOWNLOADVIEW_BENCH_ENDPOINT"
	profileVar  = "DOWNLOADVIEW_BENCH_PROFILE" // a file for the CPU profile
)

const storeSubject = "store"

// serveSubject serves until standard input ends. It prints its address, and then its CPU time for each line that it reads.
func serveSubject(name string) error {
	s := storage{dir: os.Getenv(dirVar), endpoint: os.Getenv(endpointVar)}
	handler := storeHandler(s.dir)
	if name != storeSubject {
		inner, err := subjects[name](context.Background(), s)
		if err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.Handle("/{name}", inner)
		handler = mux
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if name := os.Getenv(profileVar); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Println(l.Addr())
	go func() { _ = (&http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}).Serve(l) }()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return err
		}
		fmt.Println(u.Utime.Nano() + u.Stime.Nano())
	}
	return nil
}

// process is a running server.
type process struct {
	addr string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

// start starts the server of a subject, which writes its CPU profile into the directory unless that is "".
func start(ctx context.Context, subject string, s storage, profiles string) (*process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), subjectVar+"="+subject, dirVar+"="+s.dir, endpointVar+"="+s.endpoint,
		"AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secretKey)
	if profiles != "" {
		cmd.Env = append(cmd.Env, profileVar+"="+filepath.Join(profiles, url.PathEscape(subject)+".prof"))
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
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", subject, err), p.stop())
	}
	p.addr = strings.TrimSpace(line)
	return p, nil
}

// cpu returns the CPU time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		return 0, err
	}
	var ns int64
	if _, err := fmt.Fscanln(p.out, &ns); err != nil {
		return 0, err
	}
	return time.Duration(ns), nil
}

func (p *process) stop() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}
