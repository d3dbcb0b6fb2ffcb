package checksum

import (
	"context"
	"errors"
)

// ErrMismatch is the error of content that does not have the checksum that the storage holds of it.
var ErrMismatch = errors.New("content does not match its checksum")

// Verifier compares a whole body with a checksum of the storage.
type Verifier interface {
	// Write adds the next bytes of the body. An error makes the body fail.
	Write(ctx context.Context, p []byte) error

	// Confirm returns the name of the checksum that the body matches, or "" for a body that cannot be verified. Its
	// error is ErrMismatch, or the failure of a request.
	Confirm(ctx context.Context) (verified string, err error)
}

// Digest is a checksum of the whole content, as wrapper.Digest defines it.
type Digest struct {
	Algorithm string
	Sum       []byte
	Parts     int // of a composite; else 0
}

// digestLike is a type with the fields of Digest, such as wrapper.Digest.
type digestLike interface {
	~struct {
		Algorithm string
		Sum       []byte
		Parts     int
	}
}
