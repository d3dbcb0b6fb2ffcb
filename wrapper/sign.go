package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// DefaultExpiry is how long a signed URL lives when SignOptions do not say.
const DefaultExpiry = 5 * time.Minute

// MaxExpiry is the longest life of a signed URL, which is that of S3 and Google Cloud Storage.
const MaxExpiry = 7 * 24 * time.Hour

// SignOptions says what a signed URL is good for. Zero fields sign nothing, except as said.
type SignOptions struct {
	Method string        // GET when empty, or HEAD
	At     time.Time     // signed as of this time; now when zero. Equal options at one time sign equal URLs
	Expiry time.Duration // whole seconds from At; DefaultExpiry when 0, at most MaxExpiry

	// What the storage is to answer instead of what is stored with the object.
	ContentDisposition string
	ContentType        string
	CacheControl       string

	Version string // serve this version only
}

func (o *SignOptions) overrides() bool {
	return o.ContentDisposition != "" || o.ContentType != "" || o.CacheControl != "" || o.Version != ""
}

func (o *SignOptions) validate() error {
	if o.Method == "" {
		o.Method = http.MethodGet
	}
	if o.Method != http.MethodGet && o.Method != http.MethodHead {
		return fmt.Errorf("sign: Method %q: only GET and HEAD are signed", o.Method)
	}
	if o.Expiry == 0 {
		o.Expiry = DefaultExpiry
	}
	if o.Expiry < time.Second || o.Expiry > MaxExpiry {
		return fmt.Errorf("sign: Expiry %v: must be between 1s and %v", o.Expiry, MaxExpiry)
	}
	o.Expiry = o.Expiry.Truncate(time.Second)
	return nil
}

// SignedURL returns a URL under which anybody can fetch the content until it expires. A file whose source
// cannot sign, or cannot sign all of the options, fails with errors.ErrUnsupported.
func (f *File) SignedURL(ctx context.Context, opts SignOptions) (string, error) {
	if err := opts.validate(); err != nil {
		return "", err
	}
	s := f.signer
	if s == nil {
		var ok bool
		if s, ok = f.src.(URLSigner); !ok {
			return "", pathError("sign", f.name, errors.ErrUnsupported)
		}
	}
	u, err := s.SignedURL(ctx, opts)
	return u, pathError("sign", f.name, err)
}

// WithSigner returns the file with its SignedURL made by s instead of by its source.
func (f *File) WithSigner(s URLSigner) *File {
	c := *f
	c.signer = s
	return &c
}
