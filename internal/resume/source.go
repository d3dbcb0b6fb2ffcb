package resume

import (
	"context"
	"errors"
	"io"
	"time"
)

// Source opens windows of one version of an object. Parts are opened by several goroutines at once.
type Source interface {
	// Open requests n bytes from off, or all bytes from off if n is negative, until ctx is done. It fails with
	// ErrChanged if the object no longer has the version, and with ErrLength if the response has another window.
	// A body with a method Discards() bool that returns true comes from a server that ignores Range.
	Open(ctx context.Context, off, n int64) (io.ReadCloser, error)

	// Spare reserves a connection for read-ahead, or returns false if none is free now.
	Spare() (release func(), ok bool)

	// Retryable reports whether a request that failed with err may succeed later, and after which time.
	Retryable(err error) (after time.Duration, ok bool)

	// Resumed counts a connection that continues where another one failed.
	Resumed(ctx context.Context)
}

// Errors after which no other connection can continue.
var (
	ErrChanged = errors.New("content changed while it was read")
	ErrLength  = errors.New("content length does not match its metadata")
)

// Options of a Reader. Their defaults are the caller's: no field has a default here.
type Options struct {
	Resumes      int           // connections in a row that may fail without a byte; 0 or less: no resume
	StallTimeout time.Duration // of a Read without a byte, after which a connection counts as dropped
	ReadAhead    int           // parts in flight or buffered, and one more for each that ends; less than 2: no read-ahead
	PartSize     int64         // bytes of a part
}
