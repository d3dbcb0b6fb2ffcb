package storagetest_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeT is a testing.TB that records failures.
type fakeT struct {
	testing.TB
	mu       sync.Mutex
	failures []string
	cleanups []func()
}

// run calls f and its cleanups as a test, and returns its failures.
func run(t *testing.T, f func(t *fakeT)) string {
	t.Helper()
	fake := &fakeT{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, c := range slices.Backward(fake.cleanups) {
				c()
			}
		}()
		f(fake)
	}()
	<-done
	return strings.Join(fake.failures, "\n")
}

func (f *fakeT) Helper()                      {}
func (f *fakeT) Cleanup(c func())             { f.cleanups = append(f.cleanups, c) }
func (f *fakeT) Fatal(args ...any)            { f.add(fmt.Sprint(args...)); runtime.Goexit() }
func (f *fakeT) Error(args ...any)            { f.add(fmt.Sprint(args...)) }
func (f *fakeT) add(s string)                 { f.mu.Lock(); defer f.mu.Unlock(); f.failures = append(f.failures, s) }
func (f *fakeT) Errorf(s string, args ...any) { f.add(fmt.Sprintf(s, args...)) }
func (f *fakeT) Fatalf(s string, args ...any) { f.add(fmt.Sprintf(s, args...)); runtime.Goexit() }
