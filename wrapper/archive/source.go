package archive

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/wrapper"
)

// source is the content of an archive.
type source struct {
	name    string
	options Options
	format  format
	members []Member
	current atomic.Pointer[layout] // from the last Stat
}

func (s *source) Stat(ctx context.Context) (wrapper.Info, error) {
	l, err := s.describe(ctx)
	if err != nil {
		return wrapper.Info{}, err
	}
	s.current.Store(l)
	return l.info(), nil
}

func (s *source) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	l, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	s.current.Store(l)
	return l.open(ctx, off, n)
}

// OpenVersion opens a window of the layout that info was made from, or of the present one.
func (s *source) OpenVersion(ctx context.Context, info wrapper.Info, off, n int64) (io.ReadCloser, error) {
	if l := s.current.Load(); l.matches(&info) {
		return l.open(ctx, off, n)
	}
	return s.Open(ctx, off, n) // File compares the metadata of the reader with info
}

// Network reports that the requests are those of the members.
func (s *source) Network() bool { return false }

// Local reports whether all members are stored on this machine.
func (s *source) Local() bool {
	for _, m := range s.members {
		if m.list != nil || m.File == nil || !m.File.Local() {
			return false
		}
	}
	return true
}

// open opens n bytes from off, or all if n is negative.
func (l *layout) open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if l.sequential && off > 0 {
		return nil, errSequential
	}
	if l.size < 0 {
		return l.stream(ctx, n)
	}
	end := l.size
	off = min(off, end)
	if n >= 0 {
		end = min(end, off+n)
	}
	w := newWindow(ctx, l, off, end)
	begun := false
	defer func() {
		if !begun { // also after a panic
			_ = w.Close()
		}
	}()
	if err := w.begin(); err != nil {
		return nil, err
	}
	begun = true
	return w, nil
}
