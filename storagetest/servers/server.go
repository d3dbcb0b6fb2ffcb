package servers

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Server is a running server. It stops when the test ends. All methods but Stop are safe for concurrent use.
type Server struct {
	*Site
	URL string // http://127.0.0.1:port, without a slash at its end

	name      string
	stop      os.Signal
	cmd       *exec.Cmd
	ended     chan struct{} // closed after the process has ended
	err       error         // of Wait, valid once ended is closed
	stopped   bool
	transport *http.Transport
}

// Client returns an http.Client for the server. It requests no compression, and its connections are closed with the
// server.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.transport} }

// PID returns the process ID of the server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Log returns the last lines of the server's output and of each file in Dir/logs.
func (s *Server) Log() string { return tail(filepath.Join(s.Dir, "logs")) }

// Stop stops the server before the test ends. Further calls do nothing. It fails the test if the server has ended
// already or does not end in time.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.stopped {
		return
	}
	s.stopped = true
	s.transport.CloseIdleConnections()
	select {
	case <-s.ended:
		t.Errorf("servers: %s ended before Stop: %v\n%s", s.name, s.err, s.Log())
		return
	default:
	}
	if !s.terminate() {
		t.Errorf("servers: %s did not end within %v of %v and was killed", s.name, stopTime, s.stop)
	}
}

// end stops the server at the end of the test.
func (s *Server) end(t testing.TB) {
	t.Helper()
	s.Stop(t)
	if t.Failed() {
		t.Logf("logs of %s:\n%s", s.name, s.Log())
	}
}

const (
	tailLines = 30
	tailBytes = 16 << 10
)

// tail returns the last lines of each file in a directory.
func tail(dir string) string {
	var b strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err.Error()
	}
	for _, e := range entries {
		text, err := lastBytes(filepath.Join(dir, e.Name()))
		if err != nil {
			text = err.Error()
		}
		if text == "" {
			continue
		}
		lines := slices.Collect(strings.Lines(text))
		if len(lines) > tailLines {
			lines = append([]string{"…\n"}, lines[len(lines)-tailLines:]...)
		}
		fmt.Fprintf(&b, "%s:\n", e.Name())
		for _, line := range lines {
			b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	return b.String()
}

func lastBytes(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	b := make([]byte, min(info.Size(), tailBytes))
	n, err := f.ReadAt(b, info.Size()-int64(len(b)))
	if n == len(b) {
		err = nil
	}
	return string(b[:n]), err
}
