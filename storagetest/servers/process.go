package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	startTime = 20 * time.Second
	stopTime  = 5 * time.Second
	pollTime  = 5 * time.Millisecond
)

// run starts the process and waits for its end on one locked thread. The kernel ends the process with the thread
// that started it, so the thread must live as long as the program.
func (s *Server) run() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.err = s.cmd.Wait()
			close(s.ended)
		}
	}()
	return <-started
}

// ready waits until the server accepts connections.
func (s *Server) ready() error {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	for late := time.After(startTime); ; {
		select {
		case <-s.ended:
			return s.failed(fmt.Errorf("it ended: %w", endedBy(s.err)))
		case <-late:
			return s.failed(fmt.Errorf("it accepts no connection on %s after %v", s.Listen, startTime))
		case <-poll.C:
		}
		conn, err := net.DialTimeout("tcp", s.Listen, time.Second)
		if err != nil {
			continue
		}
		_ = conn.Close()
		if listens(s.PID(), s.Port) {
			return nil
		}
		if err := s.failed(nil); err != nil { // nginx retries a taken port for 2.5 s
			return err
		}
	}
}

func endedBy(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}

// failed adds the server's log to an error. It returns errTaken if the port is taken.
func (s *Server) failed(err error) error {
	log := s.Log()
	if strings.Contains(strings.ToLower(log), "address already in use") {
		return errTaken
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\n%s", err, log)
}

// terminate ends the process and waits for it. It returns false if it had to kill the process.
func (s *Server) terminate() bool {
	defer killGroup(s.cmd) // children of a crashed process
	if err := s.cmd.Process.Signal(s.stop); errors.Is(err, os.ErrProcessDone) {
		<-s.ended
		return true
	}
	select {
	case <-s.ended:
		return true
	case <-time.After(stopTime):
		killGroup(s.cmd)
		<-s.ended
		return false
	}
}
