package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"
)

// The environment variables that turn the program into a server.
const (
	subjectVar  = "DOWNLOADVIEW_BENCH_SUBJECT"
	dirVar      = "DOWNLOADVIEW_BENCH_DIR"
	endpointVar = "DOWNLOADVIEW_BENCH_ENDPOINT"
	bucketVar   = "DOWNLOADVIEW_BENCH_BUCKET"
	protocolVar = "DOWNLOADVIEW_BENCH_PROTOCOL"
	profileVar  = "DOWNLOADVIEW_BENCH_PROFILE" // a file for the CPU profile
)

const storeSubject = "store"

// serveSubject serves until standard input ends. It prints its address, and then the answer to each command that it reads.
func serveSubject(name string) error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := storage{dir: os.Getenv(dirVar), endpoint: os.Getenv(endpointVar), bucket: os.Getenv(bucketVar)}
	serve, err := newServer(name, s, os.Getenv(protocolVar))
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
	go func() { _ = serve(l) }()
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		answer, err := execute(commands.Text())
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

// newServer returns the function that serves a subject on a listener.
func newServer(name string, s storage, protocol string) (func(net.Listener) error, error) {
	if serve, ok := rawSubjects[name]; ok {
		return func(l net.Listener) error { return serveRaw(l, s, serve) }, nil
	}
	if name == storeSubject {
		return (&http.Server{Handler: &store{dir: s.dir}, ReadHeaderTimeout: time.Minute}).Serve, nil
	}
	handler, err := subjects[name](context.Background(), s)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/{name}", handler)
	return serveOver(protocol, &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute})
}

// execute executes a command: cpu returns the used CPU time in ns, settle frees memory.
func execute(command string) (int64, error) {
	switch command {
	case "cpu":
		var u syscall.Rusage
		err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return u.Utime.Nano() + u.Stime.Nano(), err
	case "settle":
		debug.FreeOSMemory()
		return 0, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // VmHWM
	default:
		return 0, fmt.Errorf("unknown command %q", command)
	}
}
