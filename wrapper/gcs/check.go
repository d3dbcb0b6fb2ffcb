package gcs

import (
	"context"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// Check reports whether objects can be read. It needs no permission to list. Through the SDK, the response to HEAD alone
// has the code of an error and the service's time.
func (s *store) Check(ctx context.Context) error {
	method := http.MethodGet
	if _, ok := s.use().(*sdk); ok {
		method = http.MethodHead
	}
	return s.service.Check(s.Send(ctx, method, upstream.CheckKey, "", upstream.CheckFields)) //nolint:bodyclose // Check closes it
}
