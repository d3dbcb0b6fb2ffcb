package wrapper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/redact"
)

// DefaultExpiry is the lifetime of a signed URL if SignOptions.Expiry is 0.
const DefaultExpiry = 5 * time.Minute

// MaxExpiry is the longest lifetime of a signed URL, the limit of S3 and Google Cloud Storage.
const MaxExpiry = 7 * 24 * time.Hour

// SignOptions restricts a signed URL. Zero fields are not signed, except Method, At and Expiry.
type SignOptions struct {
	Method string        // GET or HEAD; "" is GET
	At     time.Time     // signing time; zero is now. Equal options at one time give equal URLs
	Expiry time.Duration // lifetime from At in whole seconds; 0 is DefaultExpiry, the most is MaxExpiry

	// Response fields that the storage sends instead of the object's own.
	ContentDisposition string
	ContentType        string
	CacheControl       string

	Version string // the only version to be served; "" is the current one

	// RequestID is added to the URL as the parameter x-request-id, which S3 writes to its access log. Only S3 signs it.
	// Other storages ignore it.
	RequestID string
}

func (o *SignOptions) overrides() bool {
	return o.ContentDisposition != "" || o.ContentType != "" || o.CacheControl != "" || o.Version != ""
}

func (o *SignOptions) validate() error {
	if o.Method == "" {
		o.Method = http.MethodGet
	}
	if o.Method != http.MethodGet && o.Method != http.MethodHead {
		return fmt.Errorf("sign: Method %q: want GET or HEAD", o.Method)
	}
	if o.Expiry == 0 {
		o.Expiry = DefaultExpiry
	}
	if o.Expiry < time.Second || o.Expiry > MaxExpiry {
		return fmt.Errorf("sign: Expiry %v: want 1s to %v", o.Expiry, MaxExpiry)
	}
	o.Expiry = o.Expiry.Truncate(time.Second)
	return nil
}

// SignedURL returns a URL that serves the content without further credentials until it expires. It fails with
// errors.ErrUnsupported if the source cannot sign, or cannot sign all of the options. Invalid options are an error too.
// A request for credentials or for a signature is limited by ReadOptions.FirstByteTimeout.
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
	ctx, cancel := withDeadline(ctx, f.firstByteBy())
	defer cancel()
	u, err := s.SignedURL(ctx, opts)
	return u, pathError("sign", f.name, redact.Error(err))
}

// WithSigner returns the file with SignedURL implemented by s instead of its source; nil restores the source.
func (f *File) WithSigner(s URLSigner) *File {
	c := *f
	c.signer = s
	return &c
}
