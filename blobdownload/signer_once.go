package blobdownload

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
)

// linkUse is the use of a link for one use, by one request. It is marked as used at most once.
type linkUse struct {
	signer *Signer
	once   sync.Once
	err    error
	served atomic.Bool // a Server decides whether the request uses the link
}

// Spend marks a link for one use as used, or counts one of several downloads. A [Server] calls it before the first byte
// of a body and before it offloads a download; so must any other handler behind [Signer.Require] that sends the content.
// Do not send the content after an error, which satisfies errors.Is(err, ErrLink) if the link has been used before.
// Further calls for the same request return the result of the first. For any other link Spend returns nil.
func (l *Link) Spend(ctx context.Context) error {
	if l.use == nil {
		return nil
	}
	l.use.once.Do(func() { l.use.err = l.use.signer.spend(ctx, l) })
	return l.use.err
}

// spendLink spends the request's link, if it has one that the response uses. HEAD uses none.
func (t *transfer) spendLink() error {
	if t.link == nil || t.r.Method != http.MethodGet || t.link.metered() {
		return nil
	}
	if err := t.link.Spend(t.ctx); err != nil {
		return refusedLink(err)
	}
	return nil
}

// claimUse leaves the use of the link to a Server.
func (l *Link) claimUse() {
	if l.use != nil {
		l.use.served.Store(true)
	}
}

// spendUnclaimed spends the link of a request that no Server has answered.
func (s *Signer) spendUnclaimed(r *http.Request, l *Link) {
	if l.use == nil || l.use.served.Load() || r.Method != http.MethodGet {
		return
	}
	if err := l.Spend(context.WithoutCancel(r.Context())); err != nil {
		s.logRefusal(r, err)
	}
}

// refusedLink returns the error of the response to a rejected link: 403, or 503 after an error of OneUse.
func refusedLink(err error) error {
	if errors.Is(err, ErrLink) {
		return &StatusError{Status: http.StatusForbidden, Err: err}
	}
	if _, ok := errors.AsType[*StatusError](err); ok {
		return err
	}
	return &StatusError{Status: http.StatusServiceUnavailable, Err: err}
}
