package azure

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"weak"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// store is a container, possibly under a prefix. It implements wrapper.Store.
type store struct {
	bucket    weak.Pointer[blob.Bucket]
	container *container.Client
	pipe      *pipe // nil where only the SDK can sign
}

func open(b *blob.Bucket, opened *url.URL) (wrapper.Store, bool) {
	var c *container.Client
	if !b.As(&c) {
		return nil, false
	}
	s := &store{bucket: weak.Make(b), container: c}
	var err error
	if s.pipe, err = openPipe(c.URL(), opened); err != nil {
		slog.Debug("Azure: requests go through the SDK", "why", err)
	}
	return s, true
}

var errClosed = errors.New("the bucket is no longer in use")

func (s *store) Send(ctx context.Context, method, key, _ string, h http.Header) (*http.Response, error) {
	send := s.throughSDK
	if s.pipe != nil && plain(key) {
		send = s.pipe.send
	}
	resp, err := send(ctx, method, key, h)
	if err != nil {
		return nil, err
	}
	return judge(resp)
}

// CloseIdleConnections closes those of the pipe.
func (s *store) CloseIdleConnections() {
	if s.pipe != nil {
		s.pipe.transport.CloseIdleConnections()
	}
}

// plain reports whether Go CDK's driver leaves a key as it is, and nobody on the way reads another one from it.
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

// CanSend reports whether a request is within what the service knows: it has no suffix ranges.
func (s *store) CanSend(h http.Header) bool {
	return !strings.Contains(h.Get("Range"), "=-")
}
