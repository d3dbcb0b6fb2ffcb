package blobdownload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Link is the content of a token: an object, how to offer it, and the conditions of use. All fields are signed.
// They are not encrypted: a holder of the token can read all of them but Client.
type Link struct {
	Store   string // the name of a Storage
	Key     string // any bytes; required
	Version string // the only Info.Version or Info.ETag to serve; "" means any

	Filename     string // see Download
	Inline       bool   // see Download
	ContentType  string // see Download
	CacheControl string // with ages limited to the link's remaining lifetime; "" means "private, no-cache"

	NotBefore time.Time // zero: from now
	Expires   time.Time // required; truncated to whole seconds

	Head bool // valid for HEAD alone; else for GET and HEAD

	// Client binds the link to a client: SignerOptions.Client must return this value for the request. It is not
	// part of the token. "" means any client.
	Client string

	// Once makes the link valid for one GET, which is used when the first byte of a body is due. A failure before it, a
	// 304, a 416 and HEAD do not use the link, and a browser's prefetch is rejected. Players that request one range
	// after the other cannot use such a link, and interrupted downloads cannot be resumed.
	Once bool

	// Downloads makes the link valid for a number of downloads, at most MaxDownloads. 0 means no bound. A download is one
	// delivery of every byte, in any number of requests: ranges, resumed and segmented downloads work. A failed download, a 304, a
	// 416 and HEAD cost nothing; a browser's prefetch and known link scanners are rejected. While as many clients as
	// downloads are left have one in flight, the response to another client is 429. Not with Once.
	Downloads int

	id  string   // of a link for one use, or for several downloads
	use *linkUse // of a request that passed Require; nil: nothing to spend
}

// OneUse stores which links have been used, for all processes of the application: a table with a unique column,
// or a key that is set if absent. It may be called by many goroutines. The context of a call ends after 30 seconds or before.
type OneUse interface {
	// Use marks a link as used and reports whether it was unused. At most one of concurrent calls with the same
	// id may return true. An id may be deleted after expires. An error rejects the request with 503.
	Use(ctx context.Context, id string, expires time.Time) (bool, error)
}

// ErrLink is the error of every rejected link. Its reason is for the log and is not sent to the client.
var ErrLink = errors.New("signed link refused")

func linkError(reason string) error { return fmt.Errorf("%w: %s", ErrLink, reason) }

// Sign returns the URL of a link, or an error that names the invalid field.
func (s *Signer) Sign(l Link) (string, error) {
	token, err := s.Token(l)
	return s.base + token, err
}

// Token returns the token of a link, for routes with the token at another place than the last path element. Its
// errors are those of Sign.
func (s *Signer) Token(l Link) (string, error) {
	switch {
	case l.NotBefore.After(l.Expires):
		return "", errors.New("sign: NotBefore is after Expires")
	case l.Key == "":
		return "", errors.New("sign: no Key")
	case l.Once && s.opts.Once == nil:
		return "", errors.New("sign: a link for one use needs SignerOptions.Once")
	case l.Downloads < 0 || l.Downloads > MaxDownloads || l.Once && l.Downloads > 0:
		return "", fmt.Errorf("sign: Downloads %d: must be between 0 and %d, and 0 with Once", l.Downloads, MaxDownloads)
	case l.Downloads > 0 && s.uses() == nil:
		return "", errors.New("sign: a link for several downloads needs a UseStore in SignerOptions.Once")
	}
	if l.Once || l.Downloads > 0 {
		l.id = rand.Text()
	}
	return s.seal(kindLink, &l)
}

// seal returns the token of a link, or of a grant in the fields of a link.
func (s *Signer) seal(kind string, l *Link) (string, error) {
	now := time.Now()
	switch {
	case l.Expires.IsZero():
		return "", errors.New("sign: Expires is required")
	case l.Expires.Unix() <= now.Unix():
		return "", errors.New("sign: Expires is not in the future")
	case l.Expires.After(now.Add(s.opts.MaxExpiry)):
		return "", fmt.Errorf("sign: Expires is more than %v from now", s.opts.MaxExpiry)
	case l.Client != "" && s.opts.Client == nil:
		return "", errors.New("sign: Client needs SignerOptions.Client")
	}
	key := s.opts.Keys[0].ID
	return seal(s.keys[key], key, s.context(kind, l.Client), l)
}

func (s *Signer) context(kind, client string) tokenContext {
	return tokenContext{kind: kind, purpose: s.opts.Purpose, audience: s.opts.Audience, client: client}
}

// Verify returns the link of a token if the request may use it, for routes with the token at another place than
// [Signer.Require] expects. It counts one of several downloads. The signature is checked before any callback, and OneUse
// is called last. The error of a rejected link satisfies errors.Is(err, ErrLink); any other error is OneUse's.
func (s *Signer) Verify(r *http.Request, token string) (*Link, error) {
	l, err := s.verifyLink(r, token)
	if err != nil || !l.counted() || r.Method == http.MethodHead {
		return l, err
	}
	return l, s.spend(r.Context(), l)
}

// counted reports whether uses of the link are stored.
func (l *Link) counted() bool { return l.Once || l.Downloads > 0 }

// verifyLink is Verify without the use of a link.
func (s *Signer) verifyLink(r *http.Request, token string) (*Link, error) {
	l, err := s.open(r, kindLink, token)
	switch {
	case err != nil:
		return nil, err
	case l.counted() && isPreview(r.Header):
		return nil, linkError("its uses are counted, and a prefetch or a link scanner is none")
	case l.Downloads > 0:
		err = s.checkAllowance(r, l)
	}
	return l, err
}

// open returns what seal has put into a token, if the request may use it now.
func (s *Signer) open(r *http.Request, kind, token string) (*Link, error) {
	t, err := split(token)
	if err != nil {
		return nil, err
	}
	secret, ok := s.keys[t.key]
	if !ok {
		return nil, linkError("unknown key")
	}
	client := ""
	if t.bound() && s.opts.Client != nil {
		client = s.opts.Client(r)
	}
	l, err := t.open(secret, s.context(kind, client))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	switch {
	case t.bound() && client == "":
		return nil, linkError("bound to a client, and none sent it")
	case now.Add(-s.opts.Leeway).Unix() >= l.Expires.Unix():
		return nil, linkError("expired")
	case l.Expires.After(now.Add(s.opts.MaxExpiry + s.opts.Leeway)):
		return nil, linkError("lives longer than links may")
	case l.NotBefore.After(now.Add(s.opts.Leeway)):
		return nil, linkError("not yet valid")
	case l.Head && r.Method != http.MethodHead:
		return nil, linkError("for HEAD alone")
	}
	l.Client = client
	return l, nil
}

// useTimeout limits one call of OneUse or UseStore, whose database may not respond.
const useTimeout = 30 * time.Second

// spend marks a link for one use as used, or counts one of several downloads.
func (s *Signer) spend(ctx context.Context, l *Link) error {
	if l.Downloads > 0 {
		return s.spendAllowance(ctx, l)
	}
	if s.opts.Once == nil {
		return linkError("for one use, but SignerOptions.Once is nil")
	}
	ctx, cancel := context.WithTimeout(ctx, useTimeout)
	defer cancel()
	fresh, err := s.opts.Once.Use(ctx, l.id, l.Expires)
	if err != nil {
		return fmt.Errorf("one-use account: %w", err)
	}
	if !fresh {
		return linkError("used before")
	}
	return nil
}
