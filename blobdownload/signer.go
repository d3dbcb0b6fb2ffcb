package blobdownload

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of a [Signer]'s options.
const (
	// MinSecret is the least length of a signing key, in bytes: that of the hash.
	MinSecret = 32

	// MaxLeeway is the most that clocks of a signer and a verifier may be allowed to differ.
	MaxLeeway = time.Minute
)

// SigningKey is a secret and the name that tells it from others in a token. An ID must never be used
// again for another secret.
type SigningKey struct {
	ID     string // printable ASCII, at most 64 bytes; not secret
	Secret []byte // at least MinSecret random bytes
}

// SignerOptions configure a [Signer]. Keys and URL are required.
type SignerOptions struct {
	// Keys verify; the first of them signs. To rotate, put a new key first, and remove the old one when
	// the last link that it signed has expired.
	Keys []SigningKey

	// URL is where the handler that serves signed links is reached: absolute ("https://files.example/dl/"),
	// or a rooted path ("/dl/") for links within one site. A token becomes its last path element. It is never taken
	// from a request: a Host field is the client's to choose.
	URL string

	// Purpose and Audience are part of what is signed and never of the token: a token is good for one
	// purpose at one place only. Empty, they are "download" and URL.
	Purpose  string
	Audience string

	// MaxExpiry is the longest life of a link: none is signed, and none accepted, that lives longer from
	// now. 0 means wrapper.MaxExpiry, which is 7 days.
	MaxExpiry time.Duration

	// Leeway is how far the clocks of two machines may differ, at most MaxLeeway. 0 allows nothing.
	Leeway time.Duration

	// Client tells who sent a request, by a value of the application's own such as the user of its
	// session, for links that are bound to a client (Link.Client). A request by nobody ("") uses no such link.
	Client func(r *http.Request) string

	// Once keeps account of links that may be used once (Link.Once).
	Once OneUse

	// ErrorHandler answers a refused request instead of 403 and its standard text; see Server.ErrorHandler.
	ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

	// Logger gets the reasons of refusals. nil: slog.Default().
	Logger *slog.Logger
}

// Signer makes links to handlers of the application's own that expire, and checks them. What it signs
// is a [Link]: storage, key, name and the rest travel inside of one opaque token, so that there is no
// query and no path of which a part might be left unsigned. It may be used by many goroutines.
type Signer struct {
	opts SignerOptions
	base string // ends with a slash
	keys map[string][]byte
}

// NewSigner returns a signer, or an error that says which option is unfit.
func NewSigner(o SignerOptions) (*Signer, error) {
	base, err := signerBase(o.URL)
	if err != nil {
		return nil, err
	}
	s := &Signer{opts: o, base: base, keys: map[string][]byte{}}
	if len(o.Keys) == 0 {
		return nil, errors.New("signer: no keys")
	}
	for _, k := range o.Keys {
		switch {
		case k.ID == "" || len(k.ID) > 64 || strings.ContainsFunc(k.ID, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
			return nil, fmt.Errorf("signer: key id %q: must be 1 to 64 printable ASCII characters", k.ID)
		case len(k.Secret) < MinSecret:
			return nil, fmt.Errorf("signer: key %q has %d bytes: must have at least %d", k.ID, len(k.Secret), MinSecret)
		case s.keys[k.ID] != nil:
			return nil, fmt.Errorf("signer: key id %q is given twice", k.ID)
		}
		s.keys[k.ID] = append([]byte(nil), k.Secret...)
	}
	if s.opts.Purpose == "" {
		s.opts.Purpose = "download"
	}
	if s.opts.Audience == "" {
		s.opts.Audience = base
	}
	if s.opts.MaxExpiry == 0 {
		s.opts.MaxExpiry = defaultMaxExpiry
	}
	if s.opts.MaxExpiry < time.Second {
		return nil, fmt.Errorf("signer: MaxExpiry %v: must be at least 1s", o.MaxExpiry)
	}
	if o.Leeway < 0 || o.Leeway > MaxLeeway {
		return nil, fmt.Errorf("signer: Leeway %v: must be between 0 and %v", o.Leeway, MaxLeeway)
	}
	return s, nil
}

// signerBase returns the URL that tokens are appended to.
func signerBase(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("signer: URL: not a URL")
	}
	absolute := (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
	rooted := u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/")
	if !absolute && !rooted || u.User != nil || strings.ContainsAny(raw, "?#\\") {
		return "", errors.New("signer: URL: must be absolute, or a rooted path, without credentials, query and fragment")
	}
	return strings.TrimSuffix(raw, "/") + "/", nil
}

func (s *Signer) logger() *slog.Logger {
	if s.opts.Logger != nil {
		return s.opts.Logger
	}
	return slog.Default()
}
