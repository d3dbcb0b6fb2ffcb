package servers_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// spy is a testing.TB that may fail or be skipped.
type spy struct {
	testing.TB
	failed, skipped, logged string
	cleanups                []func()
}

func newSpy(t *testing.T) *spy { return &spy{TB: t} }

func (s *spy) Helper()                         {}
func (s *spy) Failed() bool                    { return s.failed != "" }
func (s *spy) Cleanup(f func())                { s.cleanups = append(s.cleanups, f) }
func (s *spy) Logf(format string, args ...any) { s.logged += fmt.Sprintf(format, args...) }

func (s *spy) Errorf(format string, args ...any) { s.failed += fmt.Sprintf(format, args...) }

func (s *spy) Fatalf(format string, args ...any) {
	s.Errorf(format, args...)
	runtime.Goexit()
}

func (s *spy) Skipf(format string, args ...any) {
	s.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// run calls f as the test.
func (s *spy) run(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// finish ends the test.
func (s *spy) finish() {
	for _, f := range slices.Backward(s.cleanups) {
		f()
	}
}

func (s *spy) outcome() string {
	switch {
	case s.failed != "":
		return "failed: " + s.failed
	case s.skipped != "":
		return "skipped: " + s.skipped
	}
	return "passed"
}
