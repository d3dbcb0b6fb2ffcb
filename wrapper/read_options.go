package wrapper

import "time"

// ReadOptions tunes how content is read from a remote storage. Its zero value is a sensible default; it has no
// bearing on local content.
type ReadOptions struct {
	// Retries is how often a request that got no answer, or 429, 500, 502, 503 or 504, is repeated before
	// the first byte. 0 means 3, a negative number none.
	Retries int

	// Resumes is how often in a row a body that was cut is taken up again without a byte of progress. It
	// needs a version or a strong entity-tag to pin the rest to. 0 means 5, a negative number never.
	Resumes int

	// StallTimeout is how long a read may bring no byte before its connection counts as cut. The time that
	// a client takes does not count. 0 means 30 seconds.
	StallTimeout time.Duration

	// ReadAhead is how many parts of a large object are fetched at a time once its client turns out to be
	// faster than one connection. 0 means 8; a negative number, and 1, turn it off. A client that then takes
	// nothing, or is at one part, for twice as long as one connection takes for it, and for a second at least, is
	// read for by one connection again.
	ReadAhead int

	// PartSize is the size of a part in bytes, of which each such download holds up to ReadAhead in memory,
	// and all of a program together no more than 512 MiB. 0 means 4 MiB.
	PartSize int64
}

func (t ReadOptions) withDefaults() ReadOptions {
	setDefault(&t.Retries, 3)
	setDefault(&t.Resumes, 5)
	setDefault(&t.StallTimeout, 30*time.Second)
	setDefault(&t.ReadAhead, 8)
	setDefault(&t.PartSize, 4<<20)
	return t
}

func setDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// WithReadOptions returns the file with another way of reading it from a remote storage.
func (f *File) WithReadOptions(t ReadOptions) *File {
	c := *f
	c.transfer = t.withDefaults()
	return &c
}
