// Package upstream is what the providers of wrapper have in common of talking HTTP to a store.
package upstream

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// What a server that serves many wants of its connections to a store.
const (
	idleConnsPerHost = 256 // as many as a busy server wants, and no more than it had in use at once
	headerTimeout    = 30 * time.Second
	requestBuffer    = 2 << 10 // bytes a connection holds for what it sends, which is the head of a GET
)

// Tune gives a transport the pools and limits of a server. What is stored comes as it is stored.
func Tune(t *http.Transport) {
	t.DisableCompression = true
	t.MaxIdleConns = 0
	t.WriteBufferSize = requestBuffer
	t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, idleConnsPerHost)
	if t.ResponseHeaderTimeout == 0 {
		t.ResponseHeaderTimeout = headerTimeout
	}
}

// WithoutURL drops the URL that net/http puts into its errors, which may carry a signature.
func WithoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}
