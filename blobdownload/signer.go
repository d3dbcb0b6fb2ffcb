package blobdownload

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Bounds of a [Signer]'s options.
const (
	// MinSecret is the minimum length of a signing key, in bytes: the size of the hash.
	MinSecret = 32

	// MaxLeeway is the maximum of SignerOptions.Leeway.
	MaxLeeway = time.Minute
)

// SigningKey is a secret with its name in tokens. Never reuse an ID for another secret.
type SigningKey struct {
	ID     string // printable ASCII, at most 64 bytes; not secret
	Secret []byte // at least MinSecret random bytes
}

// SignerOptions configure a [Signer]. Keys and URL are required.
type SignerOptions struct {
	// Keys verify tokens; the first one signs them. To rotate, put a new key first, and remove the old one when
	// its last link has expired.
	Keys []SigningKey

	// URL is the address of the handler that serves signed links: absolute ("https://files.example/dl/"), or
	// a rooted path ("/dl/") for links within one site. The token is appended as the last path element. Do
	// not derive URL from a request: the client chooses the Host field.
	URL string

	// Path is the path of links as [Signer.Require] receives it, without the token. Set it to "/dl/" if URL is
	// "/site/dl/" and http.StripPrefix or a proxy removes "/site". "" means the path of URL. A token is valid at
	// this path alone.
	Path string

	// SameHost requires that the request's Host is that of URL, which must be absolute. false: a token is valid
	// under every host of the server.
	SameHost bool

	// Purpose and Audience are signed, but not part of the token: a token is valid for one purpose and one
	// audience. "" means "download" and URL.
	Purpose  string
	Audience string

	// MaxExpiry is the maximum lifetime of a link, from now. Longer ones are neither signed nor accepted. 0
	// means wrapper.MaxExpiry, which is 7 days.
	MaxExpiry time.Duration

	// Leeway is the allowed difference between the clocks of signer and verifier, at most MaxLeeway. 0 means
	// none.
	Leeway time.Duration

	// Client returns the client of a request, such as the user of its session, for links that are bound to
	// a client (Link.Client). A request with an empty client cannot use such a link. nil means no such links.
	Client func(r *http.Request) string

	// Once stores which links for one use (Link.Once) have been used. nil means no such links. A UseStore also stores
	// the downloads of links for several (Link.Downloads).
	Once OneUse

	// ErrorHandler writes the response to a rejected request; see Server.ErrorHandler. nil means 403 and its standard
	// text, or 503 after an error of Once.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

	// Logger receives the reasons of rejections. nil means slog.Default().
	Logger *slog.Logger
}

// Signer makes and verifies expiring links to a handler of the application. A [Link] is one opaque token that
// holds storage, key, name and all other fields, so no part of the URL is unsigned. A Signer may be used by
// many goroutines.
type Signer struct {
	opts SignerOptions
	base string // ends with a slash
	path string // of requests, escaped; ends with a slash
	host string // of base; "" if base is a path
	keys map[string][]byte

	stores sync.Map // name of a storage to the identity of its bucket
}

// NewSigner returns a signer, or an error that names the invalid option.
func NewSigner(o SignerOptions) (*Signer, error) {
	s := &Signer{opts: o, keys: map[string][]byte{}}
	if err := s.setPlace(); err != nil {
		return nil, err
	}
	if len(o.Keys) == 0 {
		return nil, errors.New("signer: Keys: empty: at least one is required")
	}
	for _, k := range o.Keys {
		switch {
		case k.ID == "" || len(k.ID) > 64 || strings.ContainsFunc(k.ID, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
			return nil, fmt.Errorf("signer: Keys: ID %q: must be 1 to 64 printable ASCII characters", k.ID)
		case len(k.Secret) < MinSecret:
			return nil, fmt.Errorf("signer: Keys: Secret of %q has %d bytes: must have at least %d", k.ID, len(k.Secret), MinSecret)
		case s.keys[k.ID] != nil:
			return nil, fmt.Errorf("signer: Keys: ID %q is given twice", k.ID)
		}
		s.keys[k.ID] = append([]byte(nil), k.Secret...)
	}
	if s.opts.Purpose == "" {
		s.opts.Purpose = "download"
	}
	if s.opts.Audience == "" {
		s.opts.Audience = s.base
	}
	if s.opts.MaxExpiry == 0 {
		s.opts.MaxExpiry = wrapper.MaxExpiry
	}
	if s.opts.MaxExpiry < time.Second {
		return nil, fmt.Errorf("signer: MaxExpiry %v: must be at least 1s", o.MaxExpiry)
	}
	if o.Leeway < 0 || o.Leeway > MaxLeeway {
		return nil, fmt.Errorf("signer: Leeway %v: must be between 0 and %v", o.Leeway, MaxLeeway)
	}
	return s, nil
}

func (s *Signer) logger() *slog.Logger { return cmp.Or(s.opts.Logger, slog.Default()) }
