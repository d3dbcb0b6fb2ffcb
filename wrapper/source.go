package wrapper

import (
	"context"
	"io"
)

// Source is where a file's content comes from: all that a new kind of content must implement.
// Its methods are called by many goroutines at once.
type Source interface {
	// Stat describes the content without reading it. An error for missing content satisfies
	// errors.Is(err, fs.ErrNotExist).
	Stat(ctx context.Context) (Info, error)

	// Open reads n bytes from off, or everything from off when n is negative; n is never 0. The reader
	// ends with io.EOF after the last byte, and only after whatever the source can check has been
	// checked. ctx holds for the life of the reader. A reader with a method Info() Info tells
	// which content it reads, and is refused when that is not what was described before.
	Open(ctx context.Context, off, n int64) (io.ReadCloser, error)
}

// Fetcher is a Source that answers a whole conditional request, with one range at most, in one trip.
// It returns a Response with status 200, 206, 304, 412 or 416 by the rules of RFC 9110 sections 13
// and 14; a body only where there is one, positioned at its window.
type Fetcher interface {
	Fetch(ctx context.Context, req Request) (*Response, error)
}

// URLSigner is a Source that can hand its content over by a URL which needs no further credentials.
type URLSigner interface {
	SignedURL(ctx context.Context, opts SignOptions) (string, error)
}

// Locator is a Source that knows where in a storage its content lies.
type Locator interface {
	Location() Location
}

// Location says where a file's content lies: the storage by the name that the application gave it,
// and the key in it. Both are empty for content that lies nowhere.
type Location struct {
	Store string
	Key   string
}
