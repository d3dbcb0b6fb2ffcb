package spool

import (
	"errors"
	"io"
	"os"
	"sync"
)

// Spool is a temporary file with one writer and many readers. Write and End are the writer's.
type Spool struct {
	file    *os.File
	removed bool // while it was open

	mu    sync.Mutex
	size  int64
	ended bool
	err   error         // of the content, set by End
	grown chan struct{} // closed and made anew whenever size, ended or err changes
	users int           // the file is closed with the last of them
}

// errEnded is the error of a write after End.
var errEnded = errors.New("spool: write after the end")

// New returns an empty spool in a directory, or in os.TempDir if dir is "". It is released with Release.
func New(dir string) (*Spool, error) {
	f, err := os.CreateTemp(dir, "downloadview-*")
	if err != nil {
		return nil, err
	}
	removed := os.Remove(f.Name()) == nil
	return &Spool{file: f, removed: removed, grown: make(chan struct{}), users: 1}, nil
}

// Write appends p. Only one goroutine may write.
func (s *Spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	at, ended := s.size, s.ended
	s.mu.Unlock()
	if ended {
		return 0, errEnded
	}
	n, err := s.file.WriteAt(p, at)
	s.change(func() { s.size += int64(n) })
	return n, err
}

// End ends the content: complete if err is nil. Otherwise a reader returns err after the bytes before it. Only the first
// call has an effect.
func (s *Spool) End(err error) {
	s.change(func() {
		if !s.ended {
			s.ended, s.err = true, err
		}
	})
}

// Size returns how many bytes are written.
func (s *Spool) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// Acquire adds a user of the file. The caller is a user already.
func (s *Spool) Acquire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
}

func (s *Spool) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.grown)
	s.grown = make(chan struct{})
}

// Release ends the use of the file by one user: the writer, a caller of Acquire, or a reader.
func (s *Spool) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users > 0 {
		return
	}
	_ = s.file.Close()
	if !s.removed {
		_ = os.Remove(s.file.Name())
	}
}

// at returns the bytes that can be read from off, a channel that is closed when more can be, and the end after them if there
// is one.
func (s *Spool) at(off int64) (n int64, grown <-chan struct{}, end error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		if end = s.err; end == nil {
			end = io.EOF
		}
	}
	return s.size - off, s.grown, end
}
