package blobdownload

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/internal/allowance"
)

// MaxDownloads is the maximum of Link.Downloads.
const MaxDownloads = 1000

// uses returns the store of links for several downloads, or nil.
func (s *Signer) uses() UseStore {
	u, _ := s.opts.Once.(UseStore)
	return u
}

// updateAllowance changes the state of a link for several downloads.
func (s *Signer) updateAllowance(ctx context.Context, l *Link, change func(*allowance.State) (changed bool, err error)) error {
	uses := s.uses()
	if uses == nil {
		return linkError("for several downloads, but SignerOptions.Once is not a UseStore")
	}
	// An update that was cancelled may have been stored: a part would be accounted that its client, which has left, did not
	// receive.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), useTimeout)
	defer cancel()
	err := uses.Update(ctx, l.id, l.Expires, func(stored []byte) ([]byte, error) {
		state, err := allowance.Parse(stored)
		if err != nil {
			return nil, err
		}
		if changed, err := change(state); err != nil || !changed {
			return nil, err
		}
		return state.Bytes()
	})
	if err == nil {
		return nil
	}
	if errors.Is(err, allowance.ErrSpent) {
		return linkError(err.Error())
	}
	if busy, ok := errors.AsType[*allowance.BusyError](err); ok {
		return &StatusError{Status: http.StatusTooManyRequests, Err: busy, Header: retryAfter(busy.After)}
	}
	return fmt.Errorf("account of uses: %w", err)
}

// checkAllowance returns an error if no download is left for the client of a request.
func (s *Signer) checkAllowance(r *http.Request, l *Link) error {
	return s.updateAllowance(r.Context(), l, func(state *allowance.State) (bool, error) {
		return false, state.Admit(s.downloader(r, l), time.Now(), l.Downloads)
	})
}

// spendAllowance counts a whole download, whose bytes are not seen.
func (s *Signer) spendAllowance(ctx context.Context, l *Link) error {
	return s.updateAllowance(ctx, l, func(state *allowance.State) (bool, error) { return true, state.Spend(l.Downloads) })
}

// claimPart accounts a part of a download before it is sent.
func (s *Signer) claimPart(ctx context.Context, l *Link, p *allowance.Part) error {
	return s.updateAllowance(ctx, l, func(state *allowance.State) (bool, error) {
		p.Now = time.Now()
		return true, state.Claim(p, l.Downloads)
	})
}

// returnPart takes back the claim of a part that was not sent.
func (s *Signer) returnPart(ctx context.Context, l *Link, p *allowance.Part) error {
	return s.updateAllowance(ctx, l, func(state *allowance.State) (bool, error) {
		p.Now = time.Now()
		state.Return(p)
		return true, nil
	})
}

// downloader identifies the client of a link for several downloads: that of SignerOptions.Client, else the address of the
// connection. The stored hash does not reveal it.
func (s *Signer) downloader(r *http.Request, l *Link) string {
	client := l.Client
	if client == "" && s.opts.Client != nil {
		client = s.opts.Client(r)
	}
	if client == "" {
		client = addressOf(r)
	}
	sum := sha256.Sum256([]byte(l.id + "\x00" + client))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
