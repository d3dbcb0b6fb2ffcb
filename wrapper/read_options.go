package wrapper

import (
	"cmp"
	"time"
)

// ReadOptions configure reads from a remote storage. The zero value is a sensible default. Local content ignores them.
type ReadOptions struct {
	// Retries is how often a request is repeated before the first byte, if it fails without a response or with status
	// 429, 500, 502, 503 or 504. 0 means 3, a negative number none.
	Retries int

	// FirstByteTimeout is the limit of the time to the response header, retries and waits for a connection included. It is
	// also the limit of SignedURL and AsOf. The error is then context.DeadlineExceeded, for which a Server responds with 504.
	// 0 and negative durations mean 30 seconds, because proxies give up after 60; for a Materializer's file they mean its
	// Timeout.
	FirstByteTimeout time.Duration

	// Resumes is how often in a row an interrupted body is resumed without a byte of progress. The content needs a
	// version or a strong entity-tag, to pin the rest to. 0 means 5, a negative number never.
	Resumes int

	// StallTimeout is how long a read may deliver no byte before its connection counts as interrupted. The client's
	// time does not count. 0 and negative durations mean 30 seconds.
	StallTimeout time.Duration

	// ReadAhead is how many parts of a large object are requested in parallel if its client is faster than one
	// connection. One more is requested for each part of which a quarter is left. The reader returns to one connection
	// if the client then needs twice as long for a part as that connection, and at least a second. 0 means 8; 1 and
	// negative numbers turn read-ahead off.
	ReadAhead int

	// PartSize is the size of a part in bytes. Each download buffers up to ReadAhead of them and one more, all downloads
	// of a program together up to 512 MiB. Read-ahead starts after one part. 0 and negative numbers mean 4 MiB.
	PartSize int64
}

// defaultReadOptions are the ReadOptions of a file without others.
var defaultReadOptions = ReadOptions{}.withDefaults()

func (o ReadOptions) withDefaults() ReadOptions {
	o.Retries = cmp.Or(o.Retries, 3)
	o.Resumes = cmp.Or(o.Resumes, 5)
	o.StallTimeout = cmp.Or(max(o.StallTimeout, 0), 30*time.Second)
	o.ReadAhead = cmp.Or(o.ReadAhead, 8)
	o.PartSize = cmp.Or(max(o.PartSize, 0), 4<<20)
	return o
}

// withoutRetries returns a file of other files, which retry their own requests.
func (f *File) withoutRetries() *File { return f.WithReadOptions(ReadOptions{Retries: -1}) }

// WithReadOptions returns the file with other options for reads from a remote storage.
func (f *File) WithReadOptions(o ReadOptions) *File {
	c := *f
	o = o.withDefaults()
	c.readOptions = &o
	return &c
}
