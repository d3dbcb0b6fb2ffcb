package azure

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// store is a container, possibly under a prefix. It implements wrapper.Store.
type store struct {
	service     upstream.Service
	client      *container.Client // to list versions
	container   string            // its URL
	environment environment
	direct      *direct // nil where only the SDK can sign
	sdk         *sdk
}

// route is a way to the service. Its keys are the bucket's.
type route interface {
	// send makes one request.
	send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error)
}

var errClosed = errors.New("the bucket is no longer in use")

// Send makes one request, and a second one only if the first was refused for the clock. A version is requested
// with its id, on a container with versioning; else reads are pinned with If-Match.
func (s *store) Send(ctx context.Context, method, key, version string, h http.Header) (*http.Response, error) {
	call := &upstream.Call{Method: method, Key: key}
	var by route = s.sdk
	if s.direct != nil && plain(key) {
		by = s.direct
	} else {
		call.OwnClock = true
	}
	call.Attempt = upstream.Try(func(method string) (*http.Response, error) { return by.send(ctx, method, key, version, h) })
	return s.service.Send(call)
}

// CloseIdleConnections closes those of the direct route.
func (s *store) CloseIdleConnections() {
	if s.direct != nil {
		s.direct.transport.CloseIdleConnections()
	}
}

// CanSend reports whether one request can carry all of the fields: the service has no suffix ranges.
func (s *store) CanSend(h http.Header) bool {
	return !strings.Contains(h.Get("Range"), "=-")
}

// plain reports whether a key needs no escape of Go CDK's driver, and is the same key to every server on the way.
func plain(key string) bool {
	for i := range len(key) {
		switch c := key[i]; {
		case c < ' ', c == '"', c == '#', c == '%', c == '?', c == '\\', c == 0x7f:
			return false
		}
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || strings.HasSuffix(segment, ".") {
			return false
		}
	}
	return !strings.Contains(key, "__0x")
}
