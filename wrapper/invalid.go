package wrapper

import (
	"context"
	"io"
)

// invalidSource is content that was described wrongly when the file was made: every use tells why.
type invalidSource struct{ err error }

func (s invalidSource) Stat(context.Context) (Info, error) { return Info{}, s.err }

func (s invalidSource) Open(context.Context, int64, int64) (io.ReadCloser, error) { return nil, s.err }

// Invalid returns a file whose every use fails with err, for a view or a storage that learns too late, or
// too early, that what was asked for cannot be.
func Invalid(name string, err error) *File { return New(name, invalidSource{err}) }
