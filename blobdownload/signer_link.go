package blobdownload

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

const defaultMaxExpiry = wrapper.MaxExpiry

// Link is what a token says: which content, offered how, to whom, and until when. All of it is signed.
// A token is signed, not encrypted: whoever holds one can read these fields, but for Client.
type Link struct {
	Store   string // the name of a Storage
	Key     string // any bytes
	Version string // when not "", only content of this Info.Version or Info.ETag is served

	Filename     string // see Download
	Inline       bool   // see Download
	ContentType  string // see Download
	CacheControl string // cut to what is left of the link's life; "" is the server's "private, no-cache"

	NotBefore time.Time // zero: from now
	Expires   time.Time // required; in whole seconds, the fraction is dropped

	Head bool // good for HEAD alone; else for GET and HEAD

	// Client binds the link to a client: it is good only for requests of which SignerOptions.Client says
	// this value. It is not part of the token.
	Client string

	// Once makes the link good for one GET: not for a player that asks for one range after the other, nor
	// for a download that is to be resumed.
	Once bool

	id string // of a link that is good once
}

// OneUse remembers which links have been used, for the application's processes together: a table with
// a unique column, a key set if absent.
type OneUse interface {
	// Use spends a link and reports whether it was still to be had: true for one call at most with the
	// same id, whoever calls at the same time. An id may be forgotten after expires.
	Use(ctx context.Context, id string, expires time.Time) (bool, error)
}

// ErrLink is why a link is refused: each reason has a text of its own for the log, and none for the client.
var ErrLink = errors.New("signed link refused")

func linkError(reason string) error { return fmt.Errorf("%w: %s", ErrLink, reason) }

// Sign returns the URL of a link. An error says what of it cannot be signed.
func (s *Signer) Sign(l Link) (string, error) {
	token, err := s.Token(l)
	return s.base + token, err
}

// Token returns the token of a link, for routes that carry it elsewhere than in the last path element.
func (s *Signer) Token(l Link) (string, error) {
	now := time.Now()
	switch {
	case l.Expires.IsZero():
		return "", errors.New("sign: Expires is required")
	case l.Expires.Unix() <= now.Unix():
		return "", errors.New("sign: Expires is not in the future")
	case l.Expires.After(now.Add(s.opts.MaxExpiry)):
		return "", fmt.Errorf("sign: Expires is more than %v from now", s.opts.MaxExpiry)
	case l.NotBefore.After(l.Expires):
		return "", errors.New("sign: NotBefore is after Expires")
	case l.Key == "":
		return "", errors.New("sign: no Key")
	case l.Client != "" && s.opts.Client == nil:
		return "", errors.New("sign: a link for a client needs SignerOptions.Client")
	case l.Once && s.opts.Once == nil:
		return "", errors.New("sign: a link for one use needs SignerOptions.Once")
	}
	if l.Once {
		l.id = rand.Text()
	}
	key := s.opts.Keys[0].ID
	return seal(s.keys[key], key, s.context(l.Client), &l)
}

func (s *Signer) context(client string) tokenContext {
	return tokenContext{purpose: s.opts.Purpose, audience: s.opts.Audience, client: client}
}

// Verify returns the link that a token carries, when a request may use it. Nothing is asked of anybody
// before the signature has been checked, and OneUse is asked last. A refusal is an error that
// satisfies errors.Is(err, ErrLink); any other is one of OneUse.
func (s *Signer) Verify(r *http.Request, token string) (*Link, error) {
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
	l, err := t.open(secret, s.context(client))
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
	return l, s.spend(r, l)
}

// spend uses up a link that is good once. HEAD leaves it as it is.
func (s *Signer) spend(r *http.Request, l *Link) error {
	if !l.Once || r.Method == http.MethodHead {
		return nil
	}
	if s.opts.Once == nil {
		return linkError("for one use, of which nobody keeps account")
	}
	fresh, err := s.opts.Once.Use(r.Context(), l.id, l.Expires)
	if err != nil {
		return fmt.Errorf("one-use account: %w", err)
	}
	if !fresh {
		return linkError("used before")
	}
	return nil
}
